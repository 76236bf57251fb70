namespace UsageStreams.Streams.Faults;

/// <summary>What went wrong, and with which record.</summary>
/// <param name="Kind">Where on the record's way.</param>
/// <param name="Node">The node that failed, or the table.</param>
/// <param name="Exception">What the node threw; an <see cref="UndecodableException"/> when the record can't be read.</param>
public sealed record Fault(FaultKind Kind, string Node, Exception Exception)
{
    /// <summary>The task; null when a table is read.</summary>
    public TaskId? Task { get; init; }

    /// <summary>
    /// Where the record was read that the task was at, however deep in the sub-topology the node stands; null in a punctuation, where there is none.
    /// </summary>
    public RecordMetadata? Record { get; init; }

    /// <summary>That record's key as read.</summary>
    public byte[]? Key { get; init; }

    /// <summary>That record's value as read.</summary>
    public byte[]? Value { get; init; }

    /// <summary>That record's headers as read.</summary>
    public RecordHeaders Headers { get; init; } = RecordHeaders.Empty;

    /// <summary>The topic that a sink was to write; null for other nodes.</summary>
    public string? OutputTopic { get; init; }
}
