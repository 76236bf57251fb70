using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests.Operators;

public sealed class SuppressTests
{
    private const int Limit = 50;

    [Fact]
    public void One_change_goes_on_when_the_limit_has_passed_since_the_first()
    {
        using TopologyTestDriver driver = Run(null, null);
        foreach ((string key, string value) in ((string, string)[])[("a", "0:1"), ("a", "30:2"), ("b", "40:3"), ("x", "49:0"), ("x", "50:0")])
            driver.Input().Pipe(key, value);
        Read(driver).ShouldBe(["a=30:2@30"]);
        driver.Input().PipeTombstone("b");
        driver.Input().Pipe("x", "90:0");
        Read(driver).ShouldBe(["a=30:2@30", "b gone"]);
    }

    [Fact]
    public void A_bound_lets_those_go_early_that_wait_longest()
    {
        using TopologyTestDriver driver = Run(null, 2);
        foreach ((string key, string value) in ((string, string)[])[("a", "3:1"), ("b", "2:1"), ("a", "4:2"), ("c", "5:1")])
            driver.Input().Pipe(key, value);
        Read(driver).ShouldBe(["b=2:1@2"]);
    }

    [Fact]
    public void Changes_equal_a_recomputation_through_crashes() => Sequences.Try(Sequences.PerFamily, static random =>
    {
        (string Key, string Value)[] records = WindowTest.Scattered(random, 30, scatter: 60);
        using TopologyTestDriver driver = Run(OperatorTest.CommitByHand, null);
        driver.PipeWithCrashes(random, [.. records, ("end", "1000000:end")]);

        Read(driver).Order(StringComparer.Ordinal).ShouldBe(Recompute(records).Order(StringComparer.Ordinal));
        driver.CreateOutputTopic("test-held-changelog", Serdes.Utf8, Serdes.Bytes).ReadTable().ShouldHaveSingleItem().Key.ShouldBe("end");
    });

    [Fact]
    public void A_table_without_time_is_refused() => OperatorTest.Problems(static b => b.Table("in", Topologies.Text)
        .Suppress(Suppressed.UntilTimeLimit("held", TimeSpan.FromHours(1), Serdes.Utf8, Serdes.Utf8)).ToStream("changes").To("out", Topologies.TextOut))
        .ShouldHaveSingleItem().ShouldContain("Node 'held' goes by stream time");

    private static IEnumerable<string> Recompute(IEnumerable<(string Key, string Value)> records)
    {
        var held = new Dictionary<string, (long Since, long Last, string Value)>(StringComparer.Ordinal);
        long now = long.MinValue;
        foreach ((string key, string value) in records.Append(("end", "1000000:end")))
        {
            long time = OperatorTest.Time(value);
            now = Math.Max(now, time);
            foreach ((string due, (_, long last, string text)) in held.Where(h => h.Value.Since + Limit <= now).ToArray())
            {
                held.Remove(due);
                yield return $"{due}={text}@{last}";
            }

            held[key] = held.TryGetValue(key, out (long Since, long Last, string Value) old) ? (old.Since, Math.Max(old.Last, time), value) : (time, time, value);
            if (held[key].Since + Limit <= now)
            {
                held.Remove(key);
                yield return $"{key}={value}@{time}";
            }
        }
    }

    private static TopologyTestDriver Run(TopologyTestDriverOptions? options, int? maxKeys) => OperatorTest.Run(
        builder =>
        {
            Suppressed<string, string> suppressed = Suppressed.UntilTimeLimit("held", TimeSpan.FromMilliseconds(Limit), Serdes.Utf8, Serdes.Utf8);
            KTable<string, string> table = builder.Table("in", OperatorTest.Events)
                .Suppress(maxKeys is { } keys ? suppressed.WithMaxKeys(keys) : suppressed);
            table.ToStream("changes").Process("at", static () => new At()).To("out", Topologies.TextOut);
        },
        options);

    private static string[] Read(TopologyTestDriver driver) => [.. driver.Output().ReadAll().Select(static r => $"{r.Key}{r.Value}")];

    /// <summary>Writes a change's value and time.</summary>
    private sealed class At : IProcessor<string, string, string, string>
    {
        private ProcessorContext<string, string> _context = null!;

        public void Init(ProcessorContext<string, string> context) => _context = context;

        public void Process(in Record<string, string> record) =>
            _context.Forward(new Record<string, string>(record.Key, record.IsTombstone ? " gone" : $"={record.Value}@{record.Timestamp}", record.Timestamp));
    }
}
