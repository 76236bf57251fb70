using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests.Operators;

public sealed class DeduplicateTests
{
    private const int Window = 100;

    [Fact]
    public void The_first_record_of_each_id_passes_within_the_window()
    {
        using TopologyTestDriver driver = OperatorTest.Run(builder =>
        {
            DeduplicatedStream<string, string> once = builder.Stream("in", OperatorTest.Events).Deduplicate(
                "once", static (in Record<string, string> record) => OperatorTest.Word(record.Value), TimeSpan.FromMilliseconds(Window), Serdes.Utf8);
            once.To("out", Topologies.TextOut);
            once.Late.To("late", Topologies.TextOut);
            once.Duplicates.To("duplicates", Topologies.TextOut);
        });
        TestInputTopic<string, string> input = driver.Input();
        foreach (string value in (string[])["0:x", "99:x", "100:x", "150:y", "51:y", "50:z"])
            input.Pipe("a", value);

        driver.Output().ReadAll().Select(static r => r.Value).ShouldBe(["0:x", "100:x", "150:y"]);
        driver.Output("duplicates").ReadAll().Select(static r => r.Value).ShouldBe(["99:x", "51:y"]);
        driver.Output("late").ReadAll().Select(static r => r.Value).ShouldBe(["50:z"]);
    }

    [Fact]
    public void Every_record_goes_one_way_and_the_ways_equal_a_recomputation_through_crashes() => Sequences.Try(Sequences.PerFamily, static random =>
    {
        (string Key, string Value)[] records = [.. Enumerable.Range(0, 60).Select(i => ("a", $"{(i * 10) - random.Next(150) + 1000}:{random.Next(15)}"))];
        using TopologyTestDriver driver = OperatorTest.Run(
            builder =>
            {
                DeduplicatedStream<string, string> once = builder.Stream("in", OperatorTest.Events).Deduplicate(
                    "once", static (in Record<string, string> r) => OperatorTest.Word(r.Value), TimeSpan.FromMilliseconds(Window), Serdes.Utf8);
                once.To("out", Topologies.TextOut);
                once.Late.To("late", Topologies.TextOut);
            },
            OperatorTest.CommitByHand);
        driver.PipeWithCrashes(random, records);

        (List<string> passed, List<string> late) = Recompute(records);
        driver.Output().ReadAll().Select(static r => r.Value!).ShouldBe(passed);
        driver.Output("late").ReadAll().Select(static r => r.Value!).ShouldBe(late);
    });

    [Fact]
    public void Ids_are_forgotten()
    {
        using TopologyTestDriver driver = OperatorTest.Run(builder =>
        {
            DeduplicatedStream<string, string> once = builder.Stream("in", OperatorTest.Events).Deduplicate(
                "once", static (in Record<string, string> r) => OperatorTest.Word(r.Value), TimeSpan.FromMilliseconds(Window), Serdes.Utf8);
            once.To("out", Topologies.TextOut);
            once.Late.To("late", Topologies.TextOut);
        });
        for (int i = 0; i < 2000; i++)
            driver.Input().Pipe("a", $"{i * 10}:{i}");

        driver.CreateOutputTopic("test-once-changelog", Serdes.Utf8, Serdes.Int64).ReadTable().Count.ShouldBeInRange(20, 25);
    }

    [Fact]
    public void Late_records_must_be_taken_and_time_be_known()
    {
        OperatorTest.Problems(b => b.Stream("in", Topologies.Text)
                .Deduplicate("once", static (in Record<string, string> r) => r.Value, TimeSpan.FromHours(1), Serdes.Utf8).To("out", Topologies.TextOut))
            .ShouldBe(
            [
                "Node 'once' goes by stream time, and its source 'in' has none, so nothing would ever end. Give the source event times by Consumed.With(…).WithTimestamps(…).",
                "Node 'once' has an output 'late' to which nothing is connected: records that come later than ids are remembered would be lost. "
                + "Send that stream to a topic or a processor.",
            ]);
    }

    private static (List<string> Passed, List<string> Late) Recompute(IEnumerable<(string Key, string Value)> records)
    {
        (List<string> passed, List<string> late, long now) = ([], [], long.MinValue);
        foreach ((_, string value) in records)
        {
            now = Math.Max(now, OperatorTest.Time(value));
            if (OperatorTest.Time(value) <= now - Window)
                late.Add(value);
            else if (!passed.Exists(p => OperatorTest.Word(p) == OperatorTest.Word(value) && Math.Abs(OperatorTest.Time(p) - OperatorTest.Time(value)) < Window))
                passed.Add(value);
        }

        return (passed, late);
    }
}
