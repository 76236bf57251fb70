using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>A copy of a record, or of the end of a partition, that came before its task could take it.</summary>
internal sealed class HeldRecord
{
    private readonly long _offset;
    private readonly long _arrival;
    private readonly byte[]? _key;
    private readonly byte[]? _value;
    private readonly RecordHeaders _headers = RecordHeaders.Empty;

    public HeldRecord(in InputRecord record)
    {
        (_offset, _arrival) = (record.Offset, record.Arrival);
        (_key, _value, _headers) = (record.KeyBytes, record.ValueBytes, record.Headers);
    }

    /// <summary>The end of the partition.</summary>
    public HeldRecord(long offset) => (_offset, IsPartitionEnd) = (offset, true);

    public long Offset => _offset;

    public bool IsPartitionEnd { get; }

    public InputRecord ToInput() => InputRecord.Of(_offset, _arrival, _key, _value, _headers);
}
