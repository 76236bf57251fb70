using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Operators;
using UsageStreams.Streams.Tests.Support;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Tests;

public sealed class WindowStoreTests
{
    private const int Length = 10;
    private const int Retention = 50;

    [Fact]
    public void Windows_are_found_by_key_and_start_and_in_the_order_of_time()
    {
        using TopologyTestDriver driver = Run(static (store, record, context) =>
        {
            long start = OperatorTest.Time(record.Value);
            store.Put(record.Key, start, record.Value).ShouldBeTrue();
            context.Forward(record.WithValue(string.Join(' ', store.Fetch(record.Key, start - 20, start + 20).Select(static w => w.Value))));
        }, out WindowStoreBuilder<string, string> store);
        foreach (string value in (string[])["30:b", "10:a", "50:d", "40:c", "40:C"])
            driver.Input().Pipe("k", value);
        driver.Input().Pipe("other", "40:x");

        driver.Output().ReadAll().Select(static r => r.Value).ShouldBe(["30:b", "10:a", "30:b 50:d", "30:b 40:c 50:d", "30:b 40:C 50:d", "40:x"]);
        WindowStore<string, string> found = driver.GetStore(store);
        found.Count.ShouldBe(5);
        found.TryGet("k", 40, out string? value40).ShouldBeTrue();
        value40.ShouldBe("40:C");
        found.TryGet("k", 41, out _).ShouldBeFalse();
        found.All.Single(static w => w.Key.Key == "other").Key.Window.ShouldBe(new TimeWindow(40, 40 + Length));
        found.Fetch("none", 0, 100).ShouldBeEmpty();
        found.Delete("k", 40).ShouldBeTrue();
        found.Delete("k", 40).ShouldBeFalse();
        found.Fetch("k", long.MinValue, long.MaxValue).Select(static w => w.Key.Start).ShouldBe([10, 30, 50]);
    }

    [Fact]
    public void What_stream_time_leaves_behind_is_gone_and_not_taken_any_more()
    {
        using TopologyTestDriver driver = Run(
            static (store, record, context) => context.Forward(record.WithValue($"{store.Put(record.Key, OperatorTest.Time(record.Value), record.Value)}")), out WindowStoreBuilder<string, string> store);
        foreach (string value in (string[])["0:a", "49:b", "50:c", "0:late", "1:d"])
            driver.Input().Pipe("k", value);

        driver.Output().ReadAll().Select(static r => r.Value).ShouldBe(["True", "True", "True", "False", "True"]);
        driver.GetStore(store).Fetch("k", 0, 100).Select(static w => w.Key.Start).ShouldBe([1, 49, 50]);
        driver.Input().Pipe("k", "1000:far");
        driver.CreateOutputTopic("test-windows-changelog", Serdes.Windowed(Serdes.Utf8), Serdes.Utf8).ReadTable().ShouldHaveSingleItem().Value.ShouldBe("1000:far");
    }

    [Fact]
    public void Reads_equal_a_recomputation_through_crashes() => Sequences.Try(Sequences.PerFamily / 2, static random =>
    {
        (string Key, string Value)[] records = WindowTest.Scattered(random, 30, scatter: 90);
        using TopologyTestDriver driver = Run(Step, out WindowStoreBuilder<string, string> store, OperatorTest.CommitByHand);
        driver.PipeWithCrashes(random, records);

        var windows = new SortedDictionary<(string Key, long Start), string>();
        var expected = new List<string>();
        long now = long.MinValue;
        foreach ((string key, string value) in records)
        {
            now = Math.Max(now, OperatorTest.Time(value));
            long start = OperatorTest.Time(value) / Length * Length;
            foreach ((string Key, long Start) gone in windows.Keys.Where(w => w.Start + Retention <= now).ToArray())
                windows.Remove(gone);
            if (int.Parse(OperatorTest.Word(value)) % 5 == 0)
                windows.Remove((key, start));
            else if (start + Retention > now)
                windows[(key, start)] = value;
            expected.Add(string.Join(' ', windows.Where(w => w.Key.Key == key && w.Key.Start >= start - 30 && w.Key.Start < start + 30).Select(static w => w.Value)));
        }

        driver.Output().ReadAll().Select(static r => r.Value).ShouldBe(expected);
        driver.GetStore(store).All.Select(static w => $"{w.Key.Key} {w.Key.Window.Start}").Order(StringComparer.Ordinal)
            .ShouldBe(windows.Keys.Select(static w => $"{w.Key} {w.Start}").Order(StringComparer.Ordinal));
    });

    [Fact]
    public void A_store_that_nothing_would_ever_leave_is_refused() => OperatorTest.Problems(static builder =>
    {
        WindowStoreBuilder<string, string> store = Stores.Window("windows", Serdes.Utf8, Serdes.Utf8, TimeSpan.FromMilliseconds(Length), TimeSpan.FromMilliseconds(Retention));
        builder.Stream("in", Topologies.Text).Process("use", () => new Windowing(store, Step), store).To("out", Topologies.TextOut);
    }).ShouldHaveSingleItem().ShouldContain("Node 'use' goes by stream time");

    [Fact]
    public void Windows_that_change_while_they_are_gone_through_end_that_with_an_error()
    {
        using TopologyTestDriver driver = Run(static (store, record, _) =>
        {
            store.Put(record.Key, 10, "a");
            foreach (KeyValuePair<TimeWindow, string> window in store.Fetch(record.Key, 0, 100))
                store.Put(record.Key, window.Key.Start + 10, window.Value);
        }, out _);
        Should.Throw<ProcessingException>(() => driver.Input().Pipe("k", "10:a")).Message.ShouldContain("Windows of key 'k' in store 'windows' were added or removed");
    }

    private static void Step(WindowStore<string, string> store, Record<string, string> record, ProcessorContext<string, string> context)
    {
        long start = OperatorTest.Time(record.Value) / Length * Length;
        if (int.Parse(OperatorTest.Word(record.Value)) % 5 == 0)
            store.Delete(record.Key, start);
        else
            store.Put(record.Key, start, record.Value);
        context.Forward(record.WithValue(string.Join(' ', store.Fetch(record.Key, start - 30, start + 30).Select(static w => w.Value))));
    }

    private static TopologyTestDriver Run(
        Action<WindowStore<string, string>, Record<string, string>, ProcessorContext<string, string>> step,
        out WindowStoreBuilder<string, string> store,
        TopologyTestDriverOptions? options = null)
    {
        WindowStoreBuilder<string, string> made = Stores.Window("windows", Serdes.Utf8, Serdes.Utf8, TimeSpan.FromMilliseconds(Length), TimeSpan.FromMilliseconds(Retention));
        store = made;
        return OperatorTest.Run(builder => builder.Stream("in", OperatorTest.Events).Process("use", () => new Windowing(made, step), made).To("out", Topologies.TextOut), options);
    }

    private sealed class Windowing(
        WindowStoreBuilder<string, string> store, Action<WindowStore<string, string>, Record<string, string>, ProcessorContext<string, string>> step) : IProcessor<string, string, string, string>
    {
        private ProcessorContext<string, string> _context = null!;
        private WindowStore<string, string> _store = null!;

        public void Init(ProcessorContext<string, string> context)
        {
            _context = context;
            _store = context.GetStore(store);
        }

        public void Process(in Record<string, string> record) => step(_store, record, _context);
    }
}
