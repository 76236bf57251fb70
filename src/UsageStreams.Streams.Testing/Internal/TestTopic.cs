using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Testing.Internal;

/// <summary>A committed record.</summary>
internal sealed record StoredRecord(int Partition, byte[]? Key, byte[]? Value, RecordHeaders Headers, long Timestamp)
{
    public bool IsWatermark => Key is null && Value is null && Watermark.IsWatermark(Headers);

    public InputRecord ToInput(long offset) => InputRecord.Of(offset, Timestamp, Key, Value, Headers);
}

/// <summary>A topic's committed records: by partition, and in the order they were written.</summary>
internal sealed class TestTopic(string name, int partitions)
{
    private readonly List<StoredRecord>[] _partitions = [.. Enumerable.Range(0, partitions).Select(static _ => new List<StoredRecord>())];

    public string Name { get; } = name;

    public int PartitionCount => _partitions.Length;

    public List<StoredRecord> Written { get; } = [];

    public IReadOnlyList<StoredRecord> Partition(int partition) => _partitions[partition];

    /// <summary>Gives the record's offset.</summary>
    public long Append(StoredRecord record)
    {
        _partitions[record.Partition].Add(record);
        Written.Add(record);
        return _partitions[record.Partition].Count - 1;
    }
}
