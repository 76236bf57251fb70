using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Tests.Operators;

public sealed class SlidingWindowTests
{
    [Theory]
    [InlineData(EmitStrategy.OnWindowClose)]
    [InlineData(EmitStrategy.OnCommit)]
    [InlineData(EmitStrategy.OnUpdate)]
    public void Sliding_windows_equal_a_recomputation_in_any_order_and_through_crashes(EmitStrategy emit)
    {
        for (int seed = 0; seed < WindowTest.Sequences; seed++)
        {
            var random = new Random(seed);
            (int size, int grace) = (random.Next(1, 60), random.Next(0, 40));
            (string Key, string Value)[] records = WindowTest.Scattered(random, 40, scatter: 60);
            (string[] results, string[] late) = WindowTest.Run(
                grouped => grouped.WindowedBy(SlidingWindows.Of(TimeSpan.FromMilliseconds(size)).WithGrace(TimeSpan.FromMilliseconds(grace)))
                    .Aggregate(
                        static () => "",
                        static (string all, in Record<string, string> r) => all.Length == 0 ? WindowTest.Word(in r) : WindowTest.Union(all, WindowTest.Word(in r)),
                        WindowTest.Union,
                        Materialized.As("table", Serdes.Utf8, Serdes.Utf8).WithEmit(emit)),
                random, records);

            (string[] expected, string[] expectedLate) = Recompute(records, size, grace);
            late.ShouldBe(expectedLate, $"seed {seed}");
            if (emit == EmitStrategy.OnWindowClose)
                results.ShouldBe(expected, $"seed {seed}");
            else
                expected.Except(results, StringComparer.Ordinal).ShouldBeEmpty($"seed {seed}");
        }
    }

    /// <summary>Sorts out what is late, and looks back from each event time over the rest.</summary>
    private static (string[] Results, string[] Late) Recompute(IReadOnlyList<(string Key, string Value)> records, int size, int grace)
    {
        var (taken, late) = (new List<(string Key, string Value)>(), new List<string>());
        long now = long.MinValue;
        foreach ((string key, string value) in records)
        {
            long time = OperatorTest.Time(value);
            now = Math.Max(now, time);
            if (time + 1 + grace <= now)
                late.Add($"{key}@{time + 1 - size}/{time + 1}={value}");
            else
                taken.Add((key, value));
        }

        IEnumerable<string> results = taken.Select(static r => (r.Key, Time: OperatorTest.Time(r.Value))).Distinct().Select(w =>
            $"{w.Key}@{w.Time + 1 - size}/{w.Time + 1}=" + string.Join(',', taken
                .Where(r => r.Key == w.Key && OperatorTest.Time(r.Value) <= w.Time && OperatorTest.Time(r.Value) > w.Time - size)
                .Select(static r => int.Parse(OperatorTest.Word(r.Value))).Order()));
        return ([.. results.Order(StringComparer.Ordinal)], [.. late.Order(StringComparer.Ordinal)]);
    }
}
