namespace UsageStreams.Model;

/// <summary>A stretch of time, half-open: <paramref name="Start"/> belongs to it, <paramref name="End"/> doesn't.</summary>
/// <param name="Start">First instant, UTC.</param>
/// <param name="End">First instant after, UTC.</param>
public readonly record struct Period(DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>Whether an instant lies in the period.</summary>
    public bool Contains(DateTimeOffset time) => Start <= time && time < End;
}
