using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Tests.Operators;

public sealed class StreamJoinTests
{
    private static readonly Joined<string, string, string> Orders = Joined.With("orders", Serdes.Utf8, Serdes.Utf8, Serdes.Utf8);

    [Fact]
    public void A_left_join_says_only_once_it_is_certain_that_nothing_came()
    {
        using TopologyTestDriver driver = OperatorTest.Run(builder =>
        {
            KStream<string, string> events = builder.Stream("in", OperatorTest.Events);
            KStream<string, string> payments = events.Split("kind")
                .Branch("orders", static (in Record<string, string> r) => OperatorTest.Word(r.Value)[0] == 'L', out KStream<string, string> orders)
                .Default("payments");
            JoinedStream<string, string, string, string> paid = orders.LeftJoin(
                payments,
                static (_, order, payment) => $"{OperatorTest.Word(order)}+{(payment is null ? "unpaid" : OperatorTest.Word(payment))}",
                JoinWindows.Of(TimeSpan.FromMilliseconds(60)).WithGrace(TimeSpan.FromMilliseconds(10)),
                Joined.With("paid", Serdes.Utf8, Serdes.Utf8, Serdes.Utf8));
            paid.To("out", Topologies.TextOut);
            paid.LateLeft.Merge(paid.LateRight).To("late", Topologies.TextOut);
        });
        TestInputTopic<string, string> input = driver.Input();
        foreach (string value in (string[])["0:L1", "5:R1", "6:L2", "70:R2", "80:L3", "69:L4"])
            input.Pipe("k", value);
        driver.Output().ReadAll().Select(static r => r.Value).ShouldBe(["L1+R1", "L2+R1", "L3+R2"]);
        input.Pipe("k", "1000:L5");

        driver.Output().ReadAll().Select(static r => r.Value).ShouldBe(["L1+R1", "L2+R1", "L3+R2"]);
        driver.Output("late").ReadAll().Select(static r => r.Value).ShouldBe(["69:L4"]);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Joins_equal_a_recomputation_in_any_order_and_through_crashes(bool left, bool outer)
    {
        for (int seed = 0; seed < WindowTest.Sequences; seed++)
        {
            var random = new Random(seed);
            (int before, int after, int grace) = (random.Next(0, 30), random.Next(0, 30), random.Next(0, 50));
            JoinWindows windows = JoinWindows.Of(TimeSpan.FromMilliseconds(before), TimeSpan.FromMilliseconds(after)).WithGrace(TimeSpan.FromMilliseconds(grace));
            (string Key, string Value)[] records =
            [
                .. Enumerable.Range(0, 40).Select(i => ($"k{random.Next(2)}", $"{(i * 4) + random.Next(60) - 30}:{(random.Next(2) == 0 ? 'L' : 'R')}{i}")),
                ("flush", "1000000:L"),
            ];
            (string[] results, string[] late) = Run(windows, left, outer, random, records);

            (string[] expected, string[] expectedLate) = Recompute(records, (before, after, grace), left, outer);
            results.ShouldBe(expected, $"seed {seed}");
            late.ShouldBe(expectedLate, $"seed {seed}");
        }
    }

    [Fact]
    public void Streams_of_two_topics_with_other_numbers_of_partitions_meet_in_a_repartition_topic()
    {
        using TopologyTestDriver driver = OperatorTest.Run(
            builder =>
            {
                JoinedStream<string, string, string, string> joined = builder.Stream("orders", OperatorTest.Events).OuterJoin(
                    builder.Stream("payments", OperatorTest.Events),
                    static (_, order, payment) => $"{order}+{payment}",
                    JoinWindows.Of(TimeSpan.FromSeconds(10)),
                    Joined.With("paid", Serdes.Utf8, Serdes.Utf8, Serdes.Utf8));
                joined.To("out", Topologies.TextOut);
                joined.LateLeft.Merge(joined.LateRight).To("late", Topologies.TextOut);
            },
            new TopologyTestDriverOptions { PartitionsOf = new Dictionary<string, int> { ["orders"] = 3, ["payments"] = 2 } });
        for (int key = 0; key < 20; key++)
        {
            driver.Input("orders").Pipe($"k{key}", $"{key}:order{key}");
            if (key % 2 == 0)
                driver.Input("payments").Pipe($"k{key}", $"{key + 1}:payment{key}");
            else
                driver.Input("payments").Pipe($"x{key}", $"{key + 1}:payment{key}");
            if (key % 7 == 0)
                driver.Restart();
        }

        for (int partition = 0; partition < 3; partition++)
            driver.Input("orders").Pipe($"flush{partition}", $"{1000000 + partition}:flush", partition: partition);
        driver.AdvanceWallClock(TimeSpan.FromMinutes(2));
        driver.AdvanceWallClock(TimeSpan.FromMinutes(2));

        string[] results = [.. driver.Output().ReadAll().Where(static r => !r.Key!.StartsWith("flush", StringComparison.Ordinal)).Select(static r => r.Value!)];
        results.Order(StringComparer.Ordinal).ShouldBe(
            Enumerable.Range(0, 20).SelectMany(static key => key % 2 == 0
                ? (string[])[$"{key}:order{key}+{key + 1}:payment{key}"]
                : [$"{key}:order{key}+", $"+{key + 1}:payment{key}"]).Order(StringComparer.Ordinal));
        driver.Output("late").ReadAll().ShouldBeEmpty();
    }

    [Fact]
    public void A_join_shows_itself_and_asks_for_event_times()
    {
        IReadOnlyList<string> problems = OperatorTest.Problems(b =>
        {
            KStream<string, string> stream = b.Stream("in", Topologies.Text);
            stream.Join(stream, static (_, l, r) => l + r, JoinWindows.Of(TimeSpan.FromMinutes(1)), Orders).To("out", Topologies.TextOut);
        });
        problems.Count.ShouldBe(3);
        problems.ShouldContain(static p => p.StartsWith("Node 'orders-buffer' goes by stream time", StringComparison.Ordinal));
        problems.ShouldContain(static p => p.Contains("left records that come after their window is closed would be lost", StringComparison.Ordinal));
    }

    private static (string[] Results, string[] Late) Run(
        JoinWindows windows, bool keepsLeft, bool keepsRight, Random random, IReadOnlyList<(string Key, string Value)> records)
    {
        using TopologyTestDriver driver = OperatorTest.Run(
            builder =>
            {
                KStream<string, string> rights = builder.Stream("in", OperatorTest.Events).Split("side")
                    .Branch("left", static (in Record<string, string> r) => OperatorTest.Word(r.Value)[0] == 'L', out KStream<string, string> lefts)
                    .Default("right");
                JoinedStream<string, string, string, string> joined = (keepsLeft, keepsRight) switch
                {
                    (false, _) => lefts.Join(rights, static (_, l, r) => $"{l}+{r}", windows, Orders),
                    (true, false) => lefts.LeftJoin(rights, static (_, l, r) => $"{l}+{r}", windows, Orders),
                    _ => lefts.OuterJoin(rights, static (_, l, r) => $"{l}+{r}", windows, Orders),
                };
                joined.To("out", Topologies.TextOut);
                joined.LateLeft.Merge(joined.LateRight).To("late", Topologies.TextOut);
            },
            OperatorTest.CommitByHand);
        driver.PipeWithCrashes(random, records);
        driver.CreateOutputTopic("test-orders-buffer-changelog", Serdes.Bytes, Serdes.Bytes).ReadTable().Count.ShouldBe(1, "only the flush waits");
        return (
            [.. driver.Output().ReadAll().Select(static r => r.Value!).Order(StringComparer.Ordinal)],
            [.. driver.Output("late").ReadAll().Select(static r => r.Value!).Order(StringComparer.Ordinal)]);
    }

    /// <summary>Sorts out what is late, and pairs the rest as a batch.</summary>
    private static (string[] Results, string[] Late) Recompute(
        IReadOnlyList<(string Key, string Value)> records, (int Before, int After, int Grace) windows, bool keepsLeft, bool keepsRight)
    {
        var (taken, late) = (new List<(string Key, string Value)>(), new List<string>());
        long now = long.MinValue;
        foreach ((string key, string value) in records)
        {
            now = Math.Max(now, OperatorTest.Time(value));
            if (OperatorTest.Time(value) < now - windows.Grace)
                late.Add(value);
            else if (key != "flush")
                taken.Add((key, value));
        }

        (string Key, string Value)[] lefts = [.. taken.Where(static r => OperatorTest.Word(r.Value)[0] == 'L')];
        (string Key, string Value)[] rights = [.. taken.Where(static r => OperatorTest.Word(r.Value)[0] == 'R')];
        bool Near((string Key, string Value) l, (string Key, string Value) r) => l.Key == r.Key
            && OperatorTest.Time(r.Value) >= OperatorTest.Time(l.Value) - windows.Before
            && OperatorTest.Time(r.Value) <= OperatorTest.Time(l.Value) + windows.After;
        IEnumerable<string> results = lefts.SelectMany(l => rights.Where(r => Near(l, r)).Select(r => $"{l.Value}+{r.Value}"));
        if (keepsLeft)
            results = results.Concat(lefts.Where(l => !rights.Any(r => Near(l, r))).Select(static l => $"{l.Value}+"));
        if (keepsRight)
            results = results.Concat(rights.Where(r => !lefts.Any(l => Near(l, r))).Select(static r => $"+{r.Value}"));
        return ([.. results.Order(StringComparer.Ordinal)], [.. late.Order(StringComparer.Ordinal)]);
    }
}
