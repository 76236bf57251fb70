namespace UsageStreams.Model;

/// <summary>Where an event ends.</summary>
public enum EventOutcome
{
    /// <summary>It can never be counted as it is.</summary>
    Rejected,

    /// <summary>It was there before.</summary>
    Duplicate,

    /// <summary>It came later than every metric allows that would count it.</summary>
    LateRejected,

    /// <summary>Something is missing in the reference data as of its time.</summary>
    Parked,

    /// <summary>It has done all it can for the ledger.</summary>
    Ledger,
}

/// <summary>Where an event ends, and by which rule.</summary>
/// <param name="Outcome">Where.</param>
/// <param name="Reason">The rule's stable code, such as <c>unknown-tenant</c> or <c>metered</c>.</param>
/// <param name="Text">The rule in words, with the values it was judged by.</param>
public sealed record EventVerdict(EventOutcome Outcome, string Reason, string Text)
{
    /// <summary>The record it repeats or is in conflict with, or that took it back.</summary>
    public EventRecord? Other { get; init; }

    /// <summary>The account it belongs to; null when that plays no part or is not known.</summary>
    public string? Account { get; init; }

    /// <summary>The contract it is counted under; null when that plays no part or is not known.</summary>
    public string? Contract { get; init; }

    /// <summary>The metrics that count it, with the windows.</summary>
    public IReadOnlyList<MetricUse> Metrics { get; init; } = [];

    /// <summary>The metrics that would count it, had it come earlier.</summary>
    public IReadOnlyList<LateMetric> TooLate { get; init; } = [];
}

/// <summary>A metric that counts an event.</summary>
/// <param name="Window">The window it is counted in.</param>
/// <param name="End">End of the window, Unix milliseconds.</param>
/// <param name="Counted">How it is counted.</param>
public sealed record MetricUse(WindowKey Window, long End, CountedEvent Counted);

/// <summary>A metric that refuses an event as too late.</summary>
/// <param name="Metric">Its code.</param>
/// <param name="Version">Its version.</param>
/// <param name="Late">How much later than the metric allows the event came.</param>
public sealed record LateMetric(string Metric, int Version, TimeSpan Late);
