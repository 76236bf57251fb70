using UsageStreams.Benchmarks.Engine;
using UsageStreams.Streams;
using UsageStreams.Streams.Internal.State;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Benchmarks.Dedup;

/// <summary>What a deduplication keeps of an event, as metering does: 32 bytes under a digest of 16.</summary>
internal readonly record struct FirstSeen(long Offset, long EventTime, long Arrival, long ContentHash);

/// <summary>A digest of 16 bytes; that of a number has its bits all over, as a real one has.</summary>
internal readonly record struct Digest(ulong High, ulong Low)
{
    public static Digest Of(long number) => new(Mix((ulong)number), Mix((ulong)number ^ 0xd1b54a32d192ed03));

    // The finalizer of SplitMix64: one to one.
    private static ulong Mix(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
        bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
        return bits ^ (bits >> 31);
    }
}

/// <summary>A store of the ids that were seen: on disk, without a changelog, forgetting by arrival; with its task's log.</summary>
internal sealed class SeenStore : IDisposable
{
    private const int SegmentBytes = 64 << 20;
    private const int CommitEvery = 50_000;

    private readonly StateLog _log;
    private readonly KeyValueStore<Digest, FirstSeen> _store;
    private readonly ChangelogWriter _changelog = new(new Nowhere(), null, 0);
    private long _puts;

    public SeenStore(string folder)
    {
        _store = (KeyValueStore<Digest, FirstSeen>)Stores.KeyValue("seen", FixedLayout<Digest>.Instance, FixedLayout<FirstSeen>.Instance)
            .OnDisk().WithRetention(TimeSpan.FromDays(45), static seen => seen.Arrival).Create();
        _log = new StateLog(new FileFolder(folder, SegmentBytes, static () => { }), "bench", 1, SegmentBytes);
        _store.Attach(new StoreLog(_log, 0), hasChangelog: false);
        _ = _log.Load((in LogRecord record) =>
        {
            _log.Loaded(in record);
            _store.Load(in record);
        });
    }

    public int Count => _store.Count;

    public long DiskBytes => _log.Segments.Sum(static segment => (long)segment.Segment.Length);

    public bool TryAdd(long number)
    {
        // Ten arrivals in a millisecond: 100 million within three hours.
        var isNew = _store.TryAdd(Digest.Of(number), new FirstSeen(number, number / 10, number / 10, number));
        if (isNew && ++_puts % CommitEvery == 0) Commit();
        return isNew;
    }

    public bool Contains(long number) => _store.TryGet(Digest.Of(number), out var seen) && (seen.Offset == number || Wrong(number));

    public void Commit()
    {
        _store.Flush(_changelog);
        _log.Append(new Checkpoint(_puts, 0, [0]), (in LogRecord record) => _store.Move(in record), _store.WantsCompaction);
    }

    public void Dispose() => _log.Dispose();

    private static bool Wrong(long number) => throw new InvalidOperationException($"The store has another value for {number}.");

    private sealed class Nowhere : RecordCollector
    {
        public override int PartitionCount(string topic) => 1;

        protected override void Write(in OutputRecord record)
        {
        }
    }
}
