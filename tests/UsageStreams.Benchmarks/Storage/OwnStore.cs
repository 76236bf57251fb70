using UsageStreams.Benchmarks.Engine;
using UsageStreams.Streams;
using UsageStreams.Streams.Internal.State;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Benchmarks.Storage;

/// <summary>A store of the engine with its task's log.</summary>
internal sealed class OwnStore : StorageCandidate
{
    private const int SegmentBytes = 64 << 20;

    private readonly StateLog _log;
    private readonly KeyValueStore<EventId, long> _store;
    private readonly ChangelogWriter _changelog = new(new Nowhere(), null, 0);
    private long _commits;

    public OwnStore(string folder, bool onDisk)
    {
        var builder = Stores.KeyValue("store", FixedLayout<EventId>.Instance, FixedLayout<long>.Instance);
        _store = (KeyValueStore<EventId, long>)(onDisk ? builder.OnDisk() : builder).Create();
        _log = new StateLog(new FileFolder(folder, SegmentBytes, static () => { }), "bench", 1, SegmentBytes);
        _store.Attach(new StoreLog(_log, 0), hasChangelog: false);
        _ = _log.Load((in LogRecord record) =>
        {
            _log.Loaded(in record);
            _store.Load(in record);
        });
    }

    public override void Put(long key, long value) => _store.Put(new EventId(key, key), value);

    public override bool TryGet(long key, out long value) => _store.TryGet(new EventId(key, key), out value);

    public override void Commit()
    {
        _store.Flush(_changelog);
        _log.Append(new Checkpoint(_commits++, 0, [0]), (in LogRecord record) => _store.Move(in record));
    }

    public override void Close()
    {
    }

    public override void Dispose() => _log.Dispose();

    private sealed class Nowhere : RecordCollector
    {
        public override int PartitionCount(string topic) => 1;

        protected override void Write(in OutputRecord record)
        {
        }
    }
}
