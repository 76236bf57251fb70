namespace UsageStreams.Streams.Windows;

/// <summary>How far apart in event time two records may be to be joined, and how far out of order they may come. Immutable.</summary>
/// <remarks>
/// A record that lies further behind the task's stream time than the grace is late. What is not late finds every partner that was not late either:
/// results do not depend on the order. A record without a partner is known to have none once stream time has passed its window and the grace.
/// </remarks>
public sealed record JoinWindows
{
    private JoinWindows(TimeSpan before, TimeSpan after)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(before + after, TimeSpan.Zero);
        Before = before;
        After = after;
    }

    /// <summary>How much earlier than the left record the right one may be.</summary>
    public TimeSpan Before { get; }

    /// <summary>How much later than the left record the right one may be.</summary>
    public TimeSpan After { get; }

    /// <summary>How far behind stream time a record may come; default zero. Behind a repartition, stream time waits for the slowest task above.</summary>
    public TimeSpan Grace { get; private init; }

    /// <summary>Joins records whose event times differ by at most this.</summary>
    public static JoinWindows Of(TimeSpan difference) => new(difference, difference);

    /// <summary>Joins a left record with right ones that are at most so much earlier or later. Both count in; one may be negative.</summary>
    public static JoinWindows Of(TimeSpan before, TimeSpan after) => new(before, after);

    /// <summary>The same windows with another grace.</summary>
    public JoinWindows WithGrace(TimeSpan grace)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(grace, TimeSpan.Zero);
        return this with { Grace = grace };
    }
}
