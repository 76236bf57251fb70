using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Tests.Operators;

public sealed class SessionWindowTests
{
    [Fact]
    public void A_record_between_two_sessions_makes_one_of_them()
    {
        using TopologyTestDriver driver = OperatorTest.Run(builder =>
        {
            WindowedKTable<string, string, long> sessions = builder.Stream("in", OperatorTest.Events)
                .GroupByKey()
                .WindowedBy(SessionWindows.WithGap(TimeSpan.FromMilliseconds(10)).WithGrace(TimeSpan.FromMilliseconds(20)))
                .Count(Materialized.As("sessions", Serdes.Utf8, Serdes.Int64));
            sessions.ToStream("changes").To("out", Produced.With(Serdes.Windowed(Serdes.Utf8), Serdes.Int64));
            sessions.Late.To("late", Produced.With(Serdes.Windowed(Serdes.Utf8), Serdes.Utf8));
        });
        foreach (string value in (string[])["0:a", "15:b", "8:c"])
            driver.Input().Pipe("k", value);

        TestOutputTopic<Windowed<string>, long> output = driver.CreateOutputTopic("out", WindowTest.Keys, Serdes.Int64);
        output.ReadTable().Sorted().ShouldBe(["k@0/25=3"]);
        output.ReadAll().Select(static r => $"{r.Key.Window.Start} {(r.IsTombstone ? "gone" : r.Value)}").ShouldBe(["0 1", "15 1", "0 gone", "15 gone", "0 3"]);
    }

    [Theory]
    [InlineData(EmitStrategy.OnWindowClose)]
    [InlineData(EmitStrategy.OnCommit)]
    [InlineData(EmitStrategy.OnUpdate)]
    public void Sessions_equal_a_recomputation_in_any_order_and_through_crashes(EmitStrategy emit)
    {
        for (int seed = 0; seed < WindowTest.Sequences; seed++)
        {
            var random = new Random(seed);
            (int gap, int grace) = (random.Next(1, 30), random.Next(0, 40));
            (string Key, string Value)[] records = WindowTest.Scattered(random, 40, scatter: 60);
            (string[] results, string[] late) = WindowTest.Run(
                grouped => grouped.WindowedBy(SessionWindows.WithGap(TimeSpan.FromMilliseconds(gap)).WithGrace(TimeSpan.FromMilliseconds(grace)))
                    .Aggregate(
                        static () => "",
                        static (string all, in Record<string, string> r) => all.Length == 0 ? WindowTest.Word(in r) : WindowTest.Union(all, WindowTest.Word(in r)),
                        WindowTest.Union,
                        Materialized.As("table", Serdes.Utf8, Serdes.Utf8).WithEmit(emit)),
                random, records);

            (string[] expected, string[] expectedLate) = Recompute(records, gap, grace);
            late.ShouldBe(expectedLate, $"seed {seed}");
            if (emit == EmitStrategy.OnWindowClose)
                results.ShouldBe(expected, $"seed {seed}");
            else
                expected.Except(results, StringComparer.Ordinal).ShouldBeEmpty($"seed {seed}");
        }
    }

    /// <summary>Keeps the times of each session's records, and asks of each record which sessions have one nearer than the gap.</summary>
    private static (string[] Results, string[] Late) Recompute(IReadOnlyList<(string Key, string Value)> records, int gap, int grace)
    {
        var sessions = new List<(string Key, List<string> Values)>();
        var late = new List<string>();
        long now = long.MinValue;
        foreach ((string key, string value) in records)
        {
            long time = OperatorTest.Time(value);
            now = Math.Max(now, time);
            (string Key, List<string> Values)[] near = [.. sessions.Where(s => s.Key == key
                && s.Values.Max(OperatorTest.Time) + gap + grace > now
                && time < s.Values.Max(OperatorTest.Time) + gap && s.Values.Min(OperatorTest.Time) < time + gap)];
            if (near.Length == 0 && time + gap + grace <= now)
            {
                late.Add($"{key}@{time}/{time + gap}={value}");
                continue;
            }

            sessions.RemoveAll(near.Contains);
            sessions.Add((key, [.. near.SelectMany(static s => s.Values), value]));
        }

        return (
            [.. sessions.Select(s => $"{s.Key}@{s.Values.Min(OperatorTest.Time)}/{s.Values.Max(OperatorTest.Time) + gap}="
                + string.Join(',', s.Values.Select(static v => int.Parse(OperatorTest.Word(v))).Order())).Order(StringComparer.Ordinal)],
            [.. late.Order(StringComparer.Ordinal)]);
    }
}
