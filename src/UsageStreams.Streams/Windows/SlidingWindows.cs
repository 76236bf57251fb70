namespace UsageStreams.Streams.Windows;

/// <summary>For each event time of a key, the span of time that ends with it: one result for each, of all records in the span. Immutable.</summary>
/// <remarks>
/// The window of event time <c>t</c> is <c>[t - size + 1 ms, t + 1 ms)</c>. It is closed once the task's stream time reaches its end plus the grace. A
/// record whose own window is closed is late and part of no result; every other record is part of each window that it lies in.
/// </remarks>
public sealed record SlidingWindows
{
    private SlidingWindows(TimeSpan size) => Size = size;

    /// <summary>Length of the span.</summary>
    public TimeSpan Size { get; }

    /// <summary>How long after its end a window takes records that come out of order; default zero.</summary>
    public TimeSpan Grace { get; private init; }

    /// <summary>Spans of this length, at least 1 ms.</summary>
    public static SlidingWindows Of(TimeSpan size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, TimeSpan.FromMilliseconds(1));
        return new SlidingWindows(size);
    }

    /// <summary>The same windows with another grace.</summary>
    public SlidingWindows WithGrace(TimeSpan grace)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(grace, TimeSpan.Zero);
        return this with { Grace = grace };
    }
}
