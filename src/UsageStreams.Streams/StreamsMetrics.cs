using UsageStreams.Streams.Faults;

namespace UsageStreams.Streams;

/// <summary>What an application did so far.</summary>
/// <param name="RecordsConsumed">Records taken from the input, watermarks included.</param>
/// <param name="RecordsProduced">Records of committed transactions: output, changelogs and watermarks.</param>
/// <param name="TransactionsCommitted">Committed transactions.</param>
/// <param name="Recoveries">Times that a thread dropped its tasks and clients and began anew.</param>
/// <param name="RecordsRestored">Records read from changelogs and global tables.</param>
/// <param name="StaleRecordsDropped">Records dropped because their partition had gone to another worker.</param>
/// <param name="Tasks">The tasks of this instance.</param>
public sealed record StreamsMetrics(
    long RecordsConsumed,
    long RecordsProduced,
    long TransactionsCommitted,
    long Recoveries,
    long RecordsRestored,
    long StaleRecordsDropped,
    IReadOnlyList<TaskMetrics> Tasks)
{
    /// <summary>Tasks of other instances whose state is followed here; see <see cref="StreamsOptions.Standby"/>.</summary>
    public IReadOnlyList<StandbyMetrics> Standbys { get; init; } = [];

    /// <summary>Decisions about records that failed, by node and kind.</summary>
    public IReadOnlyList<FaultCount> Faults { get; init; } = [];

    /// <summary>Transactions that were aborted because a record failed after it had changed or sent something; counted among the recoveries too.</summary>
    public long FaultRollbacks { get; init; }

    /// <summary>Committed records of all inputs that are not processed yet, as far as is known.</summary>
    public long Lag => Tasks.Sum(static t => t.Lag ?? 0);
}

/// <summary>How far the state of another instance's task is followed.</summary>
/// <param name="Id">The task.</param>
/// <param name="ToRead">Changelog offsets up to the ends that were known when following began; 0 once they are reached.</param>
public sealed record StandbyMetrics(TaskId Id, long ToRead);

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
}
