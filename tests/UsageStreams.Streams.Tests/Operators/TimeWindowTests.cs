using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Tests.Operators;

public sealed class TimeWindowTests
{
    private static readonly Materialized<string, string> Table = Materialized.As("table", Serdes.Utf8, Serdes.Utf8);

    [Fact]
    public void A_count_per_minute_is_sent_once_when_the_minute_is_over()
    {
        using TopologyTestDriver driver = OperatorTest.Run(builder =>
        {
            WindowedKTable<string, string, long> counts = builder.Stream("in", OperatorTest.Events)
                .GroupByKey()
                .WindowedBy(TumblingWindows.Of(TimeSpan.FromMinutes(1)).WithGrace(TimeSpan.FromSeconds(10)))
                .Count(Materialized.As("counts", Serdes.Utf8, Serdes.Int64).WithEmit(EmitStrategy.OnWindowClose));
            counts.ToStream("final").To("out", Produced.With(Serdes.Windowed(Serdes.Utf8), Serdes.Int64));
            counts.Late.To("late", Produced.With(Serdes.Windowed(Serdes.Utf8), Serdes.Utf8));
        });
        TestInputTopic<string, string> input = driver.Input();
        foreach (string value in (string[])["0:a", "59999:b", "60000:c", "69999:d", "5:e", "70000:f", "6:g"])
            input.Pipe("k", value);

        driver.CreateOutputTopic("out", WindowTest.Keys, Serdes.Int64).ReadKeyValues().Sorted().ShouldBe(["k@0/60000=3"]);
        driver.CreateOutputTopic("late", WindowTest.Keys, Serdes.Utf8).ReadKeyValues().Sorted().ShouldBe(["k@0/60000=6:g"]);
    }

    [Fact]
    public void A_window_that_emits_on_commit_sends_its_last_value_before_it_is_forgotten()
    {
        using TopologyTestDriver driver = OperatorTest.Run(
            builder =>
            {
                WindowedKTable<string, string, long> counts = builder.Stream("in", OperatorTest.Events).GroupByKey()
                    .WindowedBy(TumblingWindows.Of(TimeSpan.FromMilliseconds(10))).Count(Materialized.As("counts", Serdes.Utf8, Serdes.Int64));
                counts.ToStream("changes").To("out", Produced.With(WindowTest.Keys, Serdes.Int64));
                counts.Late.To("late", Produced.With(WindowTest.Keys, Serdes.Utf8));
            },
            OperatorTest.CommitByHand);
        foreach (string value in (string[])["0:a", "1:b", "100:c"])
            driver.Input().Pipe("k", value);
        driver.Commit();

        driver.CreateOutputTopic("out", WindowTest.Keys, Serdes.Int64).ReadAll().Select(static r => $"{r.Key}={(r.IsTombstone ? "gone" : r.Value)}")
            .ShouldBe(["k@0/10=2", "k@100/110=1"]);
    }

    [Theory]
    [InlineData(EmitStrategy.OnWindowClose)]
    [InlineData(EmitStrategy.OnCommit)]
    public void Tumbling_windows_equal_a_recomputation_in_any_order_and_through_crashes(EmitStrategy emit)
    {
        for (int seed = 0; seed < WindowTest.Sequences; seed++)
        {
            var random = new Random(seed);
            (int size, int grace) = (random.Next(1, 40), random.Next(0, 30));
            Check(seed, random, TumblingWindows.Of(TimeSpan.FromMilliseconds(size)), size, size, grace, emit);
        }
    }

    [Fact]
    public void Hopping_windows_equal_a_recomputation_in_any_order_and_through_crashes()
    {
        for (int seed = 0; seed < WindowTest.Sequences; seed++)
        {
            var random = new Random(seed);
            (int size, int grace) = (random.Next(1, 40), random.Next(0, 30));
            int advance = random.Next(1, size + 1);
            Check(
                seed, random, HoppingWindows.Of(TimeSpan.FromMilliseconds(size), TimeSpan.FromMilliseconds(advance)), size, advance, grace,
                EmitStrategy.OnWindowClose);
        }
    }

    [Fact]
    public void Windows_of_a_source_without_event_times_are_refused()
    {
        OperatorTest.Problems(b => b.Stream("in", Topologies.Text).GroupByKey().WindowedBy(TumblingWindows.Of(TimeSpan.FromMinutes(1)))
                .Count(Materialized.As("counts", Serdes.Utf8, Serdes.Int64)).Late.To("late", Produced.With(WindowTest.Keys, Serdes.Utf8)))
            .ShouldHaveSingleItem().ShouldContain("Node 'counts' goes by stream time");
        OperatorTest.Problems(b => b.Stream("in", OperatorTest.Events).GroupByKey().WindowedBy(TumblingWindows.Of(TimeSpan.FromMinutes(1)))
                .Count(Materialized.As("counts", Serdes.Utf8, Serdes.Int64)))
            .ShouldHaveSingleItem().ShouldContain("records whose window is closed would be lost");
    }

    private static void Check(int seed, Random random, TimeWindows windows, int size, int advance, int grace, EmitStrategy emit)
    {
        (string Key, string Value)[] records = WindowTest.Scattered(random, 40, scatter: 60);
        (string[] results, string[] late) = WindowTest.Run(
            grouped => grouped.WindowedBy(windows.WithGrace(TimeSpan.FromMilliseconds(grace)))
                .Aggregate(
                    static () => "",
                    static (string all, in Record<string, string> r) => all.Length == 0 ? WindowTest.Word(in r) : $"{all},{WindowTest.Word(in r)}",
                    Table.WithEmit(emit)),
            random, records);

        (string[] expected, string[] expectedLate) = Recompute(records, size, advance, grace);
        late.ShouldBe(expectedLate, $"seed {seed}");
        if (emit == EmitStrategy.OnWindowClose)
            results.ShouldBe(expected, $"seed {seed}");
        else
            expected.Except(results, StringComparer.Ordinal).ShouldBeEmpty($"seed {seed}");
    }

    /// <summary>Tries every start of a window there can be, and looks at each record's time alone.</summary>
    private static (string[] Results, string[] Late) Recompute(IReadOnlyList<(string Key, string Value)> records, int size, int advance, int grace)
    {
        var results = new Dictionary<string, string>(StringComparer.Ordinal);
        var late = new List<string>();
        long now = long.MinValue;
        foreach ((string key, string value) in records)
        {
            long time = OperatorTest.Time(value);
            now = Math.Max(now, time);
            for (long start = -advance * 200L; start <= time; start += advance)
            {
                if (start + size <= time)
                    continue;
                string window = $"{key}@{start}/{start + size}";
                if (start + size + grace <= now)
                    late.Add($"{window}={value}");
                else
                    results[window] = results.TryGetValue(window, out string? all) ? $"{all},{OperatorTest.Word(value)}" : OperatorTest.Word(value);
            }
        }

        return ([.. results.Select(static r => $"{r.Key}={r.Value}").Order(StringComparer.Ordinal)], [.. late.Order(StringComparer.Ordinal)]);
    }
}
