namespace UsageStreams.Oracle.Naive;

/// <summary>The bounds that metering was given.</summary>
internal sealed record NaiveTerms
{
    /// <summary>The lateness of a metric that counts events however late they come.</summary>
    public const long HoweverLate = -1;

    /// <summary>How long an id is known, in ms of arrival.</summary>
    public long DedupWindow { get; init; } = 45L * 86_400_000;

    /// <summary>How far an event's time may lie after its arrival, ms.</summary>
    public long Skew { get; init; } = 3_600_000;
}
