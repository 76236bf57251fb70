namespace UsageStreams.Streams;

/// <summary>How a task stands.</summary>
/// <param name="Id">The task.</param>
/// <param name="Topic">Its input.</param>
/// <param name="IsRunning">False while it restores.</param>
/// <param name="Lag">Offsets between what was processed and the end of the partition; null while unknown.</param>
/// <param name="StreamTime">Unix ms; null while unknown.</param>
public sealed record TaskMetrics(TaskId Id, string Topic, bool IsRunning, long? Lag, long? StreamTime)
{
    /// <summary>Whether its sub-topology is paused; see <see cref="KafkaStreams.Pause(string)"/>.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Offset after the last record that was processed; null while unknown.</summary>
    public long? Position { get; init; }

    /// <summary>Offset below which everything is committed; null before the first commit.</summary>
    public long? CommittedOffset { get; init; }

    /// <summary>Offset after the last committed record of the input that the client knows of; null while unknown.</summary>
    public long? EndOffset { get; init; }

    /// <summary>Whether it has read everything and was silent for so long that nobody waits for it.</summary>
    public bool IsIdle { get; init; }

    /// <summary>Its stores; refreshed about ten times less often than the rest.</summary>
    public IReadOnlyList<StoreMetrics> Stores { get; init; } = [];

    /// <summary>What the sub-topologies above announced, where its stream time comes from them; refreshed with the stores.</summary>
    public IReadOnlyList<UpstreamMetrics> Upstreams { get; init; } = [];
}

/// <summary>How a store stands.</summary>
/// <param name="Name">Name of the store.</param>
/// <param name="Entries">Number of keys.</param>
/// <param name="Restored">Records that its last restore read.</param>
/// <param name="ToRestore">Offsets that the restore still has to read; 0 when it is over.</param>
public readonly record struct StoreMetrics(string Name, long Entries, long Restored, long ToRestore);

/// <summary>What the tasks of one sub-topology above announced.</summary>
/// <param name="SubTopology">The sub-topology.</param>
/// <param name="Time">Unix ms: the smallest time of its tasks that are not idle, or the largest when all are; null while nothing was announced.</param>
/// <param name="IsIdle">Whether all of its tasks are idle: nobody waits for them.</param>
public readonly record struct UpstreamMetrics(string SubTopology, long? Time, bool IsIdle);

/// <summary>Records that a node sent aside.</summary>
/// <param name="Node">The node.</param>
/// <param name="SideOutput">Name of the side output; <c>undecodable</c> of a source.</param>
/// <param name="Records">Number of records since the start, with those of aborted transactions.</param>
public readonly record struct SideOutputMetrics(string Node, string SideOutput, long Records);

/// <summary>How often partitions came and went.</summary>
/// <param name="Assigned">Times that partitions were given to a thread.</param>
/// <param name="Revoked">Times that a thread gave partitions back.</param>
/// <param name="Lost">Times that a thread was thrown out of the group.</param>
public readonly record struct RebalanceMetrics(long Assigned, long Revoked, long Lost);
