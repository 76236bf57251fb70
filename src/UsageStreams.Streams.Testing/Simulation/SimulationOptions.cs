namespace UsageStreams.Streams.Testing.Simulation;

/// <summary>How a simulation runs.</summary>
public sealed record SimulationOptions
{
    /// <summary>Whether faults are injected; default true.</summary>
    public bool Faults { get; init; } = true;

    /// <summary>Events kept for <see cref="SimulationResult.Trace"/>; default 0: none, which is faster.</summary>
    public int TraceLength { get; init; }

    /// <summary>How often which fault comes; null to draw it.</summary>
    internal FaultMix? Mix { get; init; }

    /// <summary>Whether workers have a state directory; null for half of the runs.</summary>
    internal bool? KeepsState { get; init; }

    /// <summary>Restarts of all workers at the end, without input: they must change nothing.</summary>
    internal int Restarts { get; init; }

    /// <summary>A rule of exactly-once that is broken on purpose: the simulation has to notice.</summary>
    internal Breakage Breakage { get; init; }
}

/// <summary>Ways to break what exactly-once rests on. They sit between a session and the log: the engine itself has no such switch.</summary>
internal enum Breakage
{
    None,

    /// <summary>The transaction is committed before what was produced is flushed.</summary>
    CommitBeforeFlush,

    /// <summary>Offsets join the transaction after the one that they belong to.</summary>
    OffsetsAfterCommit,

    /// <summary>Changelog records join the transaction after the one that they belong to.</summary>
    ChangelogAfterCommit,

    /// <summary>A restore ends at the last stable offset instead of the high watermark.</summary>
    RestoreToLastStable,

    /// <summary>The offset to start from is fetched while a transaction that changes it is undecided.</summary>
    UnstableOffsets,

    /// <summary>Offsets are sent only when records were read: a transaction without them is not fenced by the group.</summary>
    OffsetsOnlyWhenRead,

    /// <summary>Offsets are taken from members that the group no longer has.</summary>
    NoGenerationFencing,

    /// <summary>A worker that asks for input which others have read and deleted stops for good instead of joining again.</summary>
    StopOutsideLog,

    /// <summary>The disk says that state was written, and it was not.</summary>
    StateWriteLost,
}
