namespace UsageStreams.Streams.Windows;

/// <summary>Sessions: records of a key that follow each other by less than a gap. Immutable.</summary>
/// <remarks>
/// A session's window begins with its first record and ends one gap after its last. It is closed once the task's stream time reaches that end plus the
/// grace. A record that joins two open sessions makes one of them. A closed session takes nothing more: what would have joined it is late, or, if
/// its own window is still open, begins another.
/// </remarks>
public sealed record SessionWindows
{
    private SessionWindows(TimeSpan gap) => Gap = gap;

    /// <summary>Silence that ends a session.</summary>
    public TimeSpan Gap { get; }

    /// <summary>How long after its end a session takes records that come out of order; default zero.</summary>
    public TimeSpan Grace { get; private init; }

    /// <summary>Sessions that end after this much silence, at least 1 ms.</summary>
    public static SessionWindows WithGap(TimeSpan gap)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(gap, TimeSpan.FromMilliseconds(1));
        return new SessionWindows(gap);
    }

    /// <summary>The same sessions with another grace.</summary>
    public SessionWindows WithGrace(TimeSpan grace)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(grace, TimeSpan.Zero);
        return this with { Grace = grace };
    }
}
