namespace UsageStreams.Topology.Metering;

/// <summary>Where a record ended.</summary>
internal enum Outcome
{
    Ledger,
    Duplicate,
    Rejected,
    Parked,
    LateRejected,
}

/// <summary>Where a record ended, and why.</summary>
internal sealed class Ending
{
    public const string TooLateReason = "too-late";

    private Ending(Outcome outcome, string reason) => (Outcome, Reason, Name) = (outcome, reason, $"{NameOf(outcome)}/{reason}");

    /// <summary>Counted by at least one metric.</summary>
    public static Ending Metered { get; } = new(Outcome.Ledger, "metered");

    /// <summary>Of a known type, and taken by no metric's filter.</summary>
    public static Ending Unmetered { get; } = new(Outcome.Ledger, "unmetered");

    /// <summary>Only takes another event back.</summary>
    public static Ending Correction { get; } = new(Outcome.Ledger, "correction");

    /// <summary>Was taken back.</summary>
    public static Ending Withdrawn { get; } = new(Outcome.Ledger, "withdrawn");

    /// <summary>Seen before, with the same content.</summary>
    public static Ending Same { get; } = new(Outcome.Duplicate, "same");

    /// <summary>Seen before, with other content.</summary>
    public static Ending Conflict { get; } = new(Outcome.Rejected, "id-conflict");

    /// <summary>Later than every metric allows that would count it.</summary>
    public static Ending TooLate { get; } = new(Outcome.LateRejected, TooLateReason);

    /// <summary>No account is known as of its time.</summary>
    public static Ending UnknownTenant { get; } = new(Outcome.Parked, "unknown-tenant");

    /// <summary>The account has no contract as of its time.</summary>
    public static Ending NoContract { get; } = new(Outcome.Parked, "no-contract");

    /// <summary>The product is not sold as of its time.</summary>
    public static Ending UnknownProduct { get; } = new(Outcome.Parked, "unknown-product");

    /// <summary>No metric looks at its type.</summary>
    public static Ending UnknownEventType { get; } = new(Outcome.Parked, "unknown-event-type");

    /// <summary>The tenant is at home in another region.</summary>
    public static Ending OtherRegion { get; } = new(Outcome.Parked, "other-region");

    public Outcome Outcome { get; }

    public string Reason { get; }

    /// <summary>Both, as the topic of outcomes tells it.</summary>
    public string Name { get; }

    public bool IsParked => Outcome == Outcome.Parked;

    /// <summary>Rejected for a reason that a check or a serde gave.</summary>
    public static Ending Rejection(string reason) => new(Outcome.Rejected, reason);

    private static string NameOf(Outcome outcome) => outcome switch
    {
        Outcome.Ledger => "ledger",
        Outcome.Duplicate => "duplicate",
        Outcome.Rejected => "rejected",
        Outcome.Parked => "parked",
        Outcome.LateRejected => "late-rejected",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "The outcome has no name; add it to Ending."),
    };
}
