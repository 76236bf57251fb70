using UsageStreams.Streams.Internal.State;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Tests.State;

/// <summary>A store with its log in a folder, as a task has it: committed by hand, opened again as after a restart.</summary>
internal sealed class LoggedStore : IDisposable
{
    private readonly StoreBuilder<string, string> _builder;
    private readonly SegmentFolder _folder;
    private readonly int _segmentBytes;
    private readonly Changelog? _changelog;
    private StateLog _log = null!;

    public LoggedStore(bool onDisk, SegmentFolder folder, int segmentBytes = 2048, int cached = 0, Changelog? changelog = null)
    {
        _changelog = changelog;
        StoreBuilder<string, string> builder = Stores.KeyValue("store", Serdes.Utf8, Serdes.Utf8);
        (_builder, _folder, _segmentBytes) = (onDisk ? builder.OnDisk(cached) : builder, folder, segmentBytes);
        Open();
    }

    public KeyValueStore<string, string> Store { get; private set; } = null!;

    public int Segments => _log.Segments.Count;

    public int OldestSegment => _log.Segments[0].Number;

    public Checkpoint? Loaded { get; private set; }

    public void Commit(long input)
    {
        Store.Flush(new ChangelogWriter(_changelog ?? new Changelog(), _changelog is null ? null : "changelog", 0));
        _log.Append(new Checkpoint(input, 0, [0]), (in LogRecord record) => Store.Move(in record));
    }

    /// <summary>A crash: everything that is not in the folder is lost.</summary>
    public void Open()
    {
        _log?.Dispose();
        _log = new StateLog(_folder, "test", 1, _segmentBytes);
        Store = (KeyValueStore<string, string>)_builder.Create();
        Store.Attach(new StoreLog(_log, 0), hasChangelog: _changelog is not null);
        Loaded = _log.Load((in LogRecord record) =>
        {
            _log.Loaded(in record);
            Store.Load(in record);
        });
    }

    public IReadOnlyDictionary<string, string> Content() => Store.All.ToDictionary(static e => e.Key, static e => e.Value, StringComparer.Ordinal);

    public void Dispose() => _log.Dispose();
}

/// <summary>What a changelog comes to.</summary>
internal sealed class Changelog : RecordCollector
{
    public Dictionary<string, string> Content { get; } = new(StringComparer.Ordinal);

    /// <summary>Deletions of keys that were not there.</summary>
    public int NeedlessDeletions { get; private set; }

    public override int PartitionCount(string topic) => 1;

    protected override void Write(in OutputRecord record)
    {
        string key = Serdes.Utf8.Deserialize(record.Key);
        if (record.HasValue)
            Content[key] = Serdes.Utf8.Deserialize(record.Value);
        else if (!Content.Remove(key))
            NeedlessDeletions++;
    }
}
