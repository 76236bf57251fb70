namespace UsageStreams.Streams;

/// <summary>A task: one sub-topology and one partition of its input.</summary>
/// <param name="SubTopology">Name of the sub-topology, which is the name of its source.</param>
/// <param name="Partition">Partition of the input topic.</param>
public readonly record struct TaskId(string SubTopology, int Partition)
{
    /// <summary><c>sub-topology/partition</c>.</summary>
    public override string ToString() => $"{SubTopology}/{Partition}";
}

/// <summary>Where a record was read.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Partition">Partition.</param>
/// <param name="Offset">Offset in the partition.</param>
/// <param name="Arrival">
/// Kafka's timestamp of the record, Unix ms: the time of arrival; in a repartition topic, which carries event time, the event time.
/// </param>
public readonly record struct RecordMetadata(string Topic, int Partition, long Offset, long Arrival)
{
    /// <summary><c>topic partition p offset o</c>, as errors say it.</summary>
    public override string ToString() => $"topic '{Topic}' partition {Partition} offset {Offset}";
}
