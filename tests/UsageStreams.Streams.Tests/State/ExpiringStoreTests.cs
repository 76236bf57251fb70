using UsageStreams.Streams.Internal.State;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Testing;

namespace UsageStreams.Streams.Tests.State;

/// <summary>Stores with a retention beside a dictionary that forgets at once. A value is its time.</summary>
public sealed class ExpiringStoreTests
{
    private const int Retention = 1000;

    public static TheoryData<bool, bool, int> Runs
    {
        get
        {
            var runs = new TheoryData<bool, bool, int>();
            for (int seed = 1; seed <= 20; seed++)
            {
                foreach (bool onDisk in (bool[])[false, true])
                {
                    runs.Add(onDisk, true, seed);
                    runs.Add(onDisk, false, seed);
                }
            }

            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void It_holds_what_a_dictionary_holds_that_forgets_over_crashes_restores_and_compactions(bool onDisk, bool hasChangelog, int seed)
    {
        var random = new Random(seed);
        using var logged = new LoggedExpiring(onDisk, hasChangelog);
        var oracle = new Oracle();
        Oracle committed = oracle.Copy();
        for (int step = 0; step < 4000; step++)
        {
            Change(random, logged.Store, oracle);
            if (random.Next(8) == 0)
            {
                logged.Commit(step);
                committed = oracle.Copy();
            }

            if (random.Next(200) != 0)
                continue;
            logged.Content().ShouldBe(oracle.Values, ignoreOrder: true);
            if (hasChangelog && random.Next(2) == 0)
                logged.Restore();
            else
                logged.Open();
            oracle = committed.Copy();
            logged.Content().ShouldBe(oracle.Values, ignoreOrder: true);
        }
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void What_is_expired_is_taken_away_from_memory_disk_and_changelog_though_nothing_overwrites_it(bool onDisk, bool hasChangelog)
    {
        using var logged = new LoggedExpiring(onDisk, hasChangelog, segmentBytes: 32 * 1024);
        for (int i = 0; i < 100_000; i++)
        {
            logged.Store.Put($"key {i}", i);
            if (i % 50 == 0)
                logged.Commit(i);
        }

        // A thousand and one of 100,000 are live; beside them some segments of about a thousand records, or a round of the sweep.
        logged.Content().Count.ShouldBe(Retention + 1);
        logged.Store.Count.ShouldBeLessThan(5 * Retention);
        logged.OldestSegment.ShouldBeGreaterThan(80);
        logged.Segments.ShouldBeLessThan(25);
        if (hasChangelog)
            logged.Changelog.Count.ShouldBeLessThan(5 * Retention);
    }

    [Fact]
    public void Exactly_as_old_as_the_retention_is_there_and_a_millisecond_more_is_not()
    {
        using var logged = new LoggedExpiring(onDisk: true, hasChangelog: false);
        logged.Store.Put("a", 0);
        logged.Store.Put("b", Retention);
        logged.Store.TryGet("a", out _).ShouldBeTrue();
        logged.Store.TryAdd("a", Retention).ShouldBeFalse();
        logged.Store.Put("c", Retention + 1);
        logged.Store.TryGet("a", out _).ShouldBeFalse();
        logged.Store.Delete("a").ShouldBeFalse();
        logged.Store.TryAdd("a", Retention + 1).ShouldBeTrue();
    }

    [Fact]
    public void A_change_is_told_to_the_fault_guard()
    {
        using var logged = new LoggedExpiring(onDisk: true, hasChangelog: false);
        long before = logged.Store.Touches;
        logged.Store.Put("a", 0);
        logged.Store.Touches.ShouldBeGreaterThan(before);
        before = logged.Store.Touches;
        logged.Store.Delete("a");
        logged.Store.Touches.ShouldBeGreaterThan(before);
    }

    [Fact]
    public void A_restore_from_less_input_than_the_store_keeps_does_not_build()
    {
        var builder = new StreamsBuilder();
        StoreBuilder<string, long> seen = Stores.KeyValue("seen", Serdes.Utf8, Serdes.Int64)
            .RestoredFromInput(TimeSpan.FromDays(1), static (in Record<string, long> record, in RecordMetadata metadata, KeyValueStore<string, long> store) => store.TryAdd(record.Key, metadata.Arrival))
            .WithRetention(TimeSpan.FromDays(2), static arrival => arrival);
        builder.Stream("events", Consumed.With(Serdes.Utf8, Serdes.Int64)).Process("first", () => new First(seen), seen).To("first", Produced.With(Serdes.Utf8, Serdes.Int64));

        Should.Throw<TopologyException>(builder.Build).Message.ShouldContain("Store 'seen' keeps its values for 2.00:00:00 and is to be restored from the input of 1.00:00:00 only.");
    }

    [Fact]
    public void In_a_topology_it_forgets_by_arrival_and_is_the_same_after_a_restart()
    {
        var builder = new StreamsBuilder();
        StoreBuilder<string, long> seen = Stores.KeyValue("seen", Serdes.Utf8, Serdes.Int64)
            .OnDisk()
            .RestoredFromInput(TimeSpan.FromDays(2), static (in Record<string, long> record, in RecordMetadata metadata, KeyValueStore<string, long> store) => store.TryAdd(record.Key, metadata.Arrival))
            .WithRetention(TimeSpan.FromDays(1), static arrival => arrival);
        builder.Stream("events", Consumed.With(Serdes.Utf8, Serdes.Int64)).Process("first", () => new First(seen), seen).To("first", Produced.With(Serdes.Utf8, Serdes.Int64));
        using var driver = new TopologyTestDriver(builder.Build());
        TestInputTopic<string, long> input = driver.CreateInputTopic("events", Serdes.Utf8, Serdes.Int64);
        TestOutputTopic<string, long> first = driver.CreateOutputTopic("first", Serdes.Utf8, Serdes.Int64);
        input.Pipe("a", 1);
        driver.AdvanceWallClock(TimeSpan.FromHours(20));
        input.Pipe("a", 2);
        input.Pipe("b", 3);
        driver.AdvanceWallClock(TimeSpan.FromHours(5));
        input.Pipe("c", 4);
        driver.Restart();
        input.Pipe("a", 5);
        input.Pipe("b", 6);

        first.ReadKeyValues().Select(static r => r.Value).ShouldBe([1, 3, 4, 5]);
    }

    /// <summary>Times grow, or lie a little back: then not on the key that has the newest time, which a restart must find again.</summary>
    private static void Change(Random random, KeyValueStore<string, long> store, Oracle oracle)
    {
        string key = $"key {random.Next(400)}";
        long time = oracle.Newest + (random.Next(3) == 0 ? random.Next(40) : -random.Next(Retention * 3 / 2));
        bool isNewest = oracle.Values.GetValueOrDefault(key, long.MinValue) == oracle.Newest;
        switch (random.Next(5))
        {
            case 0 when !isNewest:
                store.Delete(key).ShouldBe(oracle.Values.Remove(key));
                break;
            case 1:
                bool added = !oracle.Values.ContainsKey(key);
                store.TryAdd(key, time).ShouldBe(added);
                if (added)
                    oracle.Put(key, time);
                break;
            case 2:
                store.TryGet(key, out long found).ShouldBe(oracle.Values.TryGetValue(key, out long expected));
                found.ShouldBe(expected);
                break;
            case > 2 when !isNewest || time >= oracle.Newest:
                store.Put(key, time);
                oracle.Put(key, time);
                break;
        }
    }

    private sealed class Oracle
    {
        public long Newest { get; private set; } = 1_000_000;

        public Dictionary<string, long> Values { get; private init; } = new(StringComparer.Ordinal);

        public void Put(string key, long time)
        {
            Newest = Math.Max(Newest, time);
            Values[key] = time;
            foreach (string expired in Values.Where(v => v.Value < Newest - Retention).Select(static v => v.Key).ToArray())
                Values.Remove(expired);
        }

        public Oracle Copy() => new() { Newest = Newest, Values = new Dictionary<string, long>(Values, StringComparer.Ordinal) };
    }

    /// <summary>As <see cref="LoggedStore"/>, with a changelog when asked.</summary>
    private sealed class LoggedExpiring : IDisposable
    {
        private readonly StoreBuilder<string, long> _builder;
        private readonly bool _hasChangelog;
        private readonly int _segmentBytes;
        private readonly Compacted _changelog = new();
        private MemoryFolder _folder = new();
        private StateLog _log = null!;

        public LoggedExpiring(bool onDisk, bool hasChangelog, int segmentBytes = 2048)
        {
            StoreBuilder<string, long> builder = Stores.KeyValue("store", Serdes.Utf8, Serdes.Int64).WithRetention(TimeSpan.FromMilliseconds(Retention), static time => time);
            (_builder, _hasChangelog, _segmentBytes) = (onDisk ? builder.OnDisk() : builder, hasChangelog, segmentBytes);
            Open();
        }

        public KeyValueStore<string, long> Store { get; private set; } = null!;

        public IReadOnlyDictionary<string, byte[]> Changelog => _changelog.Last;

        public int OldestSegment => _log.Segments[0].Number;

        public int Segments => _log.Segments.Count;

        public IReadOnlyDictionary<string, long> Content() => Store.All.ToDictionary(static e => e.Key, static e => e.Value, StringComparer.Ordinal);

        public void Commit(long input)
        {
            Store.Flush(new ChangelogWriter(_changelog, _hasChangelog ? "changelog" : null, 0));
            Append(input);
        }

        /// <summary>A crash, after which local state is read.</summary>
        public void Open()
        {
            _log?.Dispose();
            _log = new StateLog(_folder, "test", 1, _segmentBytes);
            Store = (KeyValueStore<string, long>)_builder.Create();
            Store.Attach(new StoreLog(_log, 0), _hasChangelog);
            _log.Load((in LogRecord record) =>
            {
                _log.Loaded(in record);
                Store.Load(in record);
            });
        }

        /// <summary>A start elsewhere: everything comes from the changelog.</summary>
        public void Restore()
        {
            _folder = new MemoryFolder();
            Open();
            foreach ((string key, byte[] value) in _changelog.Last)
                Store.Restore(Convert.FromHexString(key), value, deleted: false);
            Append(0);
        }

        public void Dispose() => _log.Dispose();

        private void Append(long input) => _log.Append(new Checkpoint(input, 0, [0]), (in LogRecord record) => Store.Move(in record), Store.WantsCompaction);
    }

    private sealed class Compacted : RecordCollector
    {
        public Dictionary<string, byte[]> Last { get; } = new(StringComparer.Ordinal);

        public override int PartitionCount(string topic) => 1;

        protected override void Write(in OutputRecord record)
        {
            string key = Convert.ToHexString(record.Key);
            if (record.HasValue)
                Last[key] = record.Value.ToArray();
            else
                Last.Remove(key);
        }
    }

    private sealed class First(StoreBuilder<string, long> handle) : IProcessor<string, long, string, long>
    {
        private ProcessorContext<string, long> _context = null!;
        private KeyValueStore<string, long> _seen = null!;

        public void Init(ProcessorContext<string, long> context) => (_context, _seen) = (context, context.GetStore(handle));

        public void Process(in Record<string, long> record)
        {
            if (_seen.TryAdd(record.Key, _context.Metadata.Arrival))
                _context.Forward(in record);
        }
    }
}
