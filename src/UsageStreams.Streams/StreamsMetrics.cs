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
    /// <summary>Tasks of other instances whose state is followed here; see <see cref="StreamsOptions.Standby"/>. Refreshed about ten times less often than the rest.</summary>
    public IReadOnlyList<StandbyMetrics> Standbys { get; init; } = [];

    /// <summary>Decisions about records that failed, by node and kind.</summary>
    public IReadOnlyList<FaultCount> Faults { get; init; } = [];

    /// <summary>Transactions that were aborted because a record failed after it had changed or sent something; counted among the recoveries too.</summary>
    public long FaultRollbacks { get; init; }

    /// <summary>Committed records of all inputs that are not processed yet, as far as is known.</summary>
    public long Lag => Tasks.Sum(static t => t.Lag ?? 0);

    /// <summary>Transactions given up after a failure.</summary>
    public long TransactionsAborted { get; init; }

    /// <summary>How often partitions came and went.</summary>
    public RebalanceMetrics Rebalances { get; init; }

    /// <summary>Time spent in punctuations between batches.</summary>
    public TimeSpan PunctuationTime { get; init; }

    /// <summary>Records that were sent aside: late, duplicate, undecodable, and so on.</summary>
    public IReadOnlyList<SideOutputMetrics> SideOutputs { get; init; } = [];

    /// <summary>The threads of one application together.</summary>
    internal static StreamsMetrics Sum(IReadOnlyList<StreamsMetrics> threads) => new(
        threads.Sum(static m => m.RecordsConsumed),
        threads.Sum(static m => m.RecordsProduced),
        threads.Sum(static m => m.TransactionsCommitted),
        threads.Sum(static m => m.Recoveries),
        threads.Sum(static m => m.RecordsRestored),
        threads.Sum(static m => m.StaleRecordsDropped),
        [.. threads.SelectMany(static m => m.Tasks).OrderBy(static t => t.Id.SubTopology, StringComparer.Ordinal).ThenBy(static t => t.Id.Partition)])
    {
        Faults = FaultCount.Sum(threads.SelectMany(static m => m.Faults)),
        Standbys = [.. threads.SelectMany(static m => m.Standbys).OrderBy(static t => t.Id.SubTopology, StringComparer.Ordinal).ThenBy(static t => t.Id.Partition)],
        FaultRollbacks = threads.Sum(static m => m.FaultRollbacks),
        TransactionsAborted = threads.Sum(static m => m.TransactionsAborted),
        Rebalances = new RebalanceMetrics(threads.Sum(static m => m.Rebalances.Assigned), threads.Sum(static m => m.Rebalances.Revoked), threads.Sum(static m => m.Rebalances.Lost)),
        PunctuationTime = TimeSpan.FromTicks(threads.Sum(static m => m.PunctuationTime.Ticks)),
        SideOutputs =
        [
            .. threads.SelectMany(static m => m.SideOutputs)
                .GroupBy(static s => (s.Node, s.SideOutput))
                .Select(static s => new SideOutputMetrics(s.Key.Node, s.Key.SideOutput, s.Sum(static side => side.Records))),
        ],
    };
}

/// <summary>How far the state of another instance's task is followed.</summary>
/// <param name="Id">The task.</param>
/// <param name="ToRead">Changelog offsets up to the ends that were known when following began; 0 once they are reached.</param>
public sealed record StandbyMetrics(TaskId Id, long ToRead)
{
    /// <summary>
    /// Offsets between what was followed and the ends of the task's changelogs that the client knows of, the marks of transactions included; null
    /// while unknown.
    /// </summary>
    public long? Lag { get; init; }

    /// <summary>
    /// What was written to the changelogs longer ago than this is followed, by the clocks of the instances; zero at their ends, null while unknown.
    /// </summary>
    public TimeSpan? Delay { get; init; }
}
