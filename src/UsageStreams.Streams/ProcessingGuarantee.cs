namespace UsageStreams.Streams;

/// <summary>What holds for output and state after a failure.</summary>
public enum ProcessingGuarantee
{
    /// <summary>
    /// Input offsets, state and output are committed together, in one transaction per thread and commit: readers of committed records see every
    /// input's effect once, whatever fails.
    /// </summary>
    ExactlyOnce,

    /// <summary>
    /// No transactions: output is visible as soon as it is written. Offsets are committed after everything before them is acknowledged, so that
    /// nothing is lost; after a failure what was read since the last commit is processed again, and state and output count it twice.
    /// </summary>
    AtLeastOnce,
}
