namespace UsageStreams.Streams.Testing;

/// <summary>A committed record of an output topic.</summary>
/// <param name="Key">Key; the type's default when there is none.</param>
/// <param name="Value">Value; the type's default for a tombstone.</param>
/// <param name="IsTombstone">Whether the value is null.</param>
/// <param name="Timestamp">Kafka's timestamp: the driver's clock, or event time in a repartition topic.</param>
/// <param name="Headers">Headers.</param>
/// <param name="Partition">Partition.</param>
public sealed record TestRecord<TKey, TValue>(
    TKey? Key, TValue? Value, bool IsTombstone, long Timestamp, RecordHeaders Headers, int Partition);

/// <summary>A committed watermark of an output topic.</summary>
/// <param name="Partition">Partition.</param>
/// <param name="Upstream">The task that announced it, as <c>sub-topology/partition/partitions</c>; null for a producer.</param>
/// <param name="Time">Unix ms; null when idle.</param>
public sealed record TestWatermark(int Partition, string? Upstream, long? Time);
