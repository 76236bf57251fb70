namespace UsageStreams.Streams.Faults;

/// <summary>
/// The headers that a dead letter has beside those of the record, as text. Names and meaning are those of Kafka's KIP-1034, to which node, task and
/// kind are added.
/// </summary>
public static class DeadLetterHeaders
{
    /// <summary>Type of the exception.</summary>
    public const string Exception = "__streams.errors.exception";

    /// <summary>The beginning of its stack trace, where it has one.</summary>
    public const string StackTrace = "__streams.errors.stacktrace";

    /// <summary>Its message.</summary>
    public const string Message = "__streams.errors.message";

    /// <summary>The topic that the record was read from; a repartition topic when it failed behind one.</summary>
    public const string Topic = "__streams.errors.topic";

    /// <summary>Its partition there.</summary>
    public const string Partition = "__streams.errors.partition";

    /// <summary>Its offset there.</summary>
    public const string Offset = "__streams.errors.offset";

    /// <summary>The task, as <c>sub-topology/partition</c>.</summary>
    public const string Task = "__streams.errors.task";

    /// <summary>The node that failed.</summary>
    public const string Node = "__streams.errors.node";

    /// <summary>The <see cref="FaultKind"/>.</summary>
    public const string Kind = "__streams.errors.kind";
}
