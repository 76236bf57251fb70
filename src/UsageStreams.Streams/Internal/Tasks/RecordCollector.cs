namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>Where a task's output goes: the thread's transaction, or the test driver's.</summary>
internal abstract class RecordCollector
{
    /// <summary>Records sent, watermarks and changelogs included.</summary>
    public long Sent { get; private set; }

    public abstract int PartitionCount(string topic);

    /// <summary>Takes a copy of the record.</summary>
    public void Send(in OutputRecord record)
    {
        Write(in record);
        Sent++;
    }

    protected abstract void Write(in OutputRecord record);
}

/// <summary>A record to be written; valid during the call only.</summary>
internal readonly ref struct OutputRecord(string topic, int partition)
{
    /// <summary>The client sets the wall clock.</summary>
    public const long Now = -1;

    public string Topic { get; } = topic;

    public int Partition { get; } = partition;

    public ReadOnlySpan<byte> Key { get; init; }

    public bool HasKey { get; init; }

    public ReadOnlySpan<byte> Value { get; init; }

    public bool HasValue { get; init; }

    public RecordHeaders Headers { get; init; } = RecordHeaders.Empty;

    public long Timestamp { get; init; } = Now;
}

/// <summary>A record as read; valid during the call only.</summary>
internal readonly ref struct InputRecord(long offset, long arrival)
{
    public long Offset { get; } = offset;

    public long Arrival { get; } = arrival;

    public ReadOnlySpan<byte> Key { get; init; }

    public bool HasKey { get; init; }

    public ReadOnlySpan<byte> Value { get; init; }

    public bool HasValue { get; init; }

    public RecordHeaders Headers { get; init; } = RecordHeaders.Empty;

    /// <summary>A record of arrays, null for none.</summary>
    public static InputRecord Of(long offset, long arrival, byte[]? key, byte[]? value, RecordHeaders headers) => new(offset, arrival)
    {
        Key = key,
        HasKey = key is not null,
        Value = value,
        HasValue = value is not null,
        Headers = headers,
    };

    public byte[]? KeyBytes => HasKey ? Key.ToArray() : null;

    public byte[]? ValueBytes => HasValue ? Value.ToArray() : null;
}
