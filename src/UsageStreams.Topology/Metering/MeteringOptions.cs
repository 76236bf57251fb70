using UsageStreams.Model;
using UsageStreams.Topology.Regions;

namespace UsageStreams.Topology.Metering;

/// <summary>What an installation decides about metering. All workers of it must have the same.</summary>
public sealed record MeteringOptions
{
    /// <summary>The dedup window when nobody says otherwise, 45 days: longer than any billing period.</summary>
    public static readonly TimeSpan DefaultDedupWindow = TimeSpan.FromDays(45);

    /// <summary>How long identities are remembered, measured in arrival; also how far a recount reaches back. Default <see cref="DefaultDedupWindow"/>.</summary>
    public TimeSpan DedupWindow { get; init; } = DefaultDedupWindow;

    /// <summary>Until when what kind of exception should be resolved, and by whom.</summary>
    public ExceptionPolicy Exceptions { get; init; } = new();

    /// <summary>Records of its past that a task reads between two batches while it recounts, 1 or more. Default 5,000.</summary>
    public int RecountSlice { get; init; } = 5_000;

    /// <summary>Tenants that are compared with changed reference data between two batches, 1 or more. Default 5,000.</summary>
    public int SweepSlice { get; init; } = 5_000;

    /// <summary>Of a region's metering: which region is home to whom. Events of tenants that are at home in another wait, and an exception says so. Null: whatever comes is counted.</summary>
    public Residency? Residency { get; init; }

    /// <summary>
    /// How long a window is kept for corrections, in stream time, after the last event that its metric's lateness allows; at least until its billing period is locked. A day more than what
    /// recounts reach back: stream time may be ahead of the arrival that they are measured in, by the skew or by <see cref="QuietAfter"/>.
    /// </summary>
    internal TimeSpan WindowRetention => DedupWindow + TimeSpan.FromDays(1);

    internal long DedupMillis => (long)DedupWindow.TotalMilliseconds;

    /// <summary>After how long without a record a partition's newest arrival says nothing any more of what time it is: others have gone on.</summary>
    internal static TimeSpan QuietAfter => TimeSpan.FromHours(6);

    internal static long SkewMillis => (long)UsageEventRules.MaximumSkew.TotalMilliseconds;
}

/// <summary>Until when which kind of exception should be resolved, and who is responsible until somebody is assigned.</summary>
public sealed record ExceptionPolicy
{
    /// <summary>Records that can't be counted as they are. Default: 2 days, integrations.</summary>
    public ServiceLevel Rejected { get; init; } = new(TimeSpan.FromDays(2), "integrations");

    /// <summary>Events that wait for reference data. Default: 1 day, revenue-operations.</summary>
    public ServiceLevel Parked { get; init; } = new(TimeSpan.FromDays(1), "revenue-operations");

    /// <summary>Events that came later than every metric allows. Default: 5 days, finance.</summary>
    public ServiceLevel LateRejected { get; init; } = new(TimeSpan.FromDays(5), "finance");

    /// <summary>Events that came later than some metric allows. Default: 5 days, finance.</summary>
    public ServiceLevel PartlyLate { get; init; } = new(TimeSpan.FromDays(5), "finance");

    /// <summary>Withdrawals of events that nobody saw. Default: 2 days, integrations.</summary>
    public ServiceLevel UnmatchedWithdrawal { get; init; } = new(TimeSpan.FromDays(2), "integrations");

    /// <summary>Changes of the past that lie further back than a recount reaches. Default: 5 days, finance.</summary>
    public ServiceLevel BeyondRecount { get; init; } = new(TimeSpan.FromDays(5), "finance");

    /// <summary>Tenants whose events stand in another partition than their key's. Default: 5 days, integrations.</summary>
    public ServiceLevel Misplaced { get; init; } = new(TimeSpan.FromDays(5), "integrations");

    /// <summary>The level of a kind.</summary>
    /// <exception cref="ModelException">The kind has none.</exception>
    public ServiceLevel Of(ExceptionKind kind) => kind switch
    {
        ExceptionKind.Rejected => Rejected,
        ExceptionKind.Parked => Parked,
        ExceptionKind.LateRejected => LateRejected,
        ExceptionKind.PartlyLate => PartlyLate,
        ExceptionKind.UnmatchedWithdrawal => UnmatchedWithdrawal,
        ExceptionKind.BeyondRecount => BeyondRecount,
        ExceptionKind.Misplaced => Misplaced,
        _ => throw new ModelException($"Exception kind '{kind}' has no service level; add it to ExceptionPolicy."),
    };
}

/// <summary>What is promised about an exception.</summary>
/// <param name="Within">From its opening until it should be resolved.</param>
/// <param name="Owner">Who is responsible until somebody is assigned.</param>
public sealed record ServiceLevel(TimeSpan Within, string Owner);
