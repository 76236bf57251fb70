namespace UsageStreams.Streams;

/// <summary>
/// Life of an application: Created, then Rebalancing and Running in turn, then PendingShutdown and NotRunning, or Error.
/// </summary>
public enum StreamsState
{
    /// <summary>Not started.</summary>
    Created,

    /// <summary>Joining, restoring, or recovering from a failure: some task is not processing.</summary>
    Rebalancing,

    /// <summary>Every task of every thread is restored and processing.</summary>
    Running,

    /// <summary>Draining.</summary>
    PendingShutdown,

    /// <summary>Stopped. What was processed is committed; where the last commit failed, which is logged, the next start reads it again.</summary>
    NotRunning,

    /// <summary>Stopped by an error, which <see cref="KafkaStreams.Completion"/> holds.</summary>
    Error,
}

/// <summary>A change of state.</summary>
/// <param name="Old">Before.</param>
/// <param name="New">Now.</param>
public readonly record struct StateChange(StreamsState Old, StreamsState New);
