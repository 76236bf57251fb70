using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Operators;
using UsageStreams.Streams.Tests.Support;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Tests;

/// <summary>Sessions of a gap of 20 ms, which a processor puts together by hand.</summary>
public sealed class SessionStoreTests
{
    private const int Gap = 20;
    private const int Retention = 40;

    private static readonly SessionStoreBuilder<string, long> Sessions = Stores.Session("sessions", Serdes.Utf8, Serdes.Int64, TimeSpan.FromMilliseconds(Retention));

    [Fact]
    public void Sessions_that_overlap_a_span_are_found_in_the_order_of_their_starts()
    {
        using TopologyTestDriver driver = Run();
        foreach (string value in (string[])["100:1", "50:2", "70:4", "125:8"])
            driver.Input().Pipe("k", value);
        SessionStore<string, long> sessions = driver.GetStore(Sessions);

        sessions.All.Select(static s => $"{s.Key}={s.Value}").Order(StringComparer.Ordinal).ShouldBe(["k@100/120=1", "k@125/145=8", "k@70/90=4"]);
        sessions.FindSessions("k", 90, 126).Select(static s => s.Key.Start).ShouldBe([100, 125]);
        sessions.FindSessions("k", 89, 125).Select(static s => s.Key.Start).ShouldBe([70, 100]);
        sessions.FindSessions("other", 0, 1000).ShouldBeEmpty();
        sessions.TryGet("k", new TimeWindow(70, 90), out long value70).ShouldBeTrue();
        value70.ShouldBe(4);
        sessions.Remove("k", new TimeWindow(70, 90)).ShouldBeTrue();
        sessions.Remove("k", new TimeWindow(70, 90)).ShouldBeFalse();
        sessions.Put("k", new TimeWindow(50, 85), 1).ShouldBeFalse();
    }

    [Fact]
    public void Sessions_put_together_by_hand_equal_a_recomputation_through_crashes() => Operators.Sequences.Try(Operators.Sequences.PerFamily / 2, static random =>
    {
        (string Key, string Value)[] records = WindowTest.Scattered(random, 30, scatter: 60);
        using TopologyTestDriver driver = Run(OperatorTest.CommitByHand);
        driver.PipeWithCrashes(random, records);

        var sessions = new List<(string Key, long Start, long End, long Sum)>();
        long now = long.MinValue;
        foreach ((string key, string value) in records)
        {
            long time = OperatorTest.Time(value);
            now = Math.Max(now, time);
            sessions.RemoveAll(s => s.End + Retention <= now);
            var joined = sessions.Where(s => s.Key == key && s.Start < time + Gap && time < s.End).ToList();
            sessions.RemoveAll(joined.Contains);
            (long start, long end) = (joined.Select(static s => s.Start).Append(time).Min(), joined.Select(static s => s.End).Append(time + Gap).Max());
            if (end + Retention > now)
                sessions.Add((key, start, end, joined.Sum(static s => s.Sum) + long.Parse(OperatorTest.Word(value))));
        }

        driver.GetStore(Sessions).All.Select(static s => $"{s.Key}={s.Value}").Order(StringComparer.Ordinal)
            .ShouldBe(sessions.Select(static s => $"{s.Key}@{s.Start}/{s.End}={s.Sum}").Order(StringComparer.Ordinal));
        driver.CreateOutputTopic("test-sessions-changelog", WindowTest.Keys, Serdes.Int64).ReadTable().Count.ShouldBe(sessions.Count);
    });

    private static TopologyTestDriver Run(TopologyTestDriverOptions? options = null) => OperatorTest.Run(
        static builder => builder.Stream("in", OperatorTest.Events).Process("use", static () => new Joining(), Sessions).To("out", Topologies.TextOut), options);

    private sealed class Joining : IProcessor<string, string, string, string>
    {
        private SessionStore<string, long> _sessions = null!;

        public void Init(ProcessorContext<string, string> context) => _sessions = context.GetStore(Sessions);

        public void Process(in Record<string, string> record)
        {
            var window = new TimeWindow(record.Timestamp, record.Timestamp + Gap);
            long sum = long.Parse(OperatorTest.Word(record.Value));
            foreach ((TimeWindow joined, long value) in _sessions.FindSessions(record.Key, window.Start, window.End))
            {
                _sessions.Remove(record.Key, joined).ShouldBeTrue();
                window = new TimeWindow(Math.Min(window.Start, joined.Start), Math.Max(window.End, joined.End));
                sum += value;
            }

            _sessions.Put(record.Key, window, sum);
        }
    }
}
