namespace UsageStreams.Streams.Windows;

/// <summary>Which windows an event time lies in, and how long they stay open. Immutable.</summary>
/// <remarks>
/// A window is closed once the task's stream time reaches its end plus the grace. One grace holds for everything: until then records are added, from
/// then on they are late, and with <see cref="EmitStrategy.OnWindowClose"/> that is when the result is sent.
/// </remarks>
public abstract record TimeWindows
{
    private protected TimeWindows()
    {
    }

    /// <summary>How long after its end a window takes records that come out of order; default zero.</summary>
    public TimeSpan Grace { get; private init; }

    /// <summary>The same windows with another grace.</summary>
    public TimeWindows WithGrace(TimeSpan grace)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(grace, TimeSpan.Zero);
        return this with { Grace = grace };
    }

    /// <summary>The window with the latest start among those that hold <paramref name="time"/>.</summary>
    internal abstract TimeWindow Latest(long time);

    /// <summary>The window before <paramref name="window"/>, if it holds <paramref name="time"/> too.</summary>
    internal virtual bool TryEarlier(TimeWindow window, long time, out TimeWindow earlier)
    {
        earlier = default;
        return false;
    }

    private protected static long Milliseconds(TimeSpan span, string what)
    {
        if (span < TimeSpan.FromMilliseconds(1))
            throw new ArgumentOutOfRangeException(nameof(span), span, $"The {what} of windows is at least 1 ms.");
        return (long)span.TotalMilliseconds;
    }

    /// <summary>The largest multiple of <paramref name="step"/> that is not after <paramref name="time"/>; before 1970 too.</summary>
    private protected static long Floor(long time, long step)
    {
        long rest = time % step;
        return time - (rest < 0 ? rest + step : rest);
    }
}

/// <summary>Windows of one size, each beginning where the last ends; the first began at 1970-01-01 00:00 UTC.</summary>
public sealed record TumblingWindows : TimeWindows
{
    private readonly long _size;

    private TumblingWindows(long size) => _size = size;

    /// <summary>Windows of this size, at least 1 ms.</summary>
    public static TumblingWindows Of(TimeSpan size) => new(Milliseconds(size, "size"));

    internal override TimeWindow Latest(long time)
    {
        long start = Floor(time, _size);
        return new TimeWindow(start, start + _size);
    }
}

/// <summary>Windows of one size that begin at a shorter distance, and so overlap: a record lies in several.</summary>
public sealed record HoppingWindows : TimeWindows
{
    private readonly long _size;
    private readonly long _advance;

    private HoppingWindows(long size, long advance)
    {
        _size = size;
        _advance = advance;
    }

    /// <summary>Windows of this size, one beginning every <paramref name="advance"/>.</summary>
    public static HoppingWindows Of(TimeSpan size, TimeSpan advance)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(advance, size);
        return new HoppingWindows(Milliseconds(size, "size"), Milliseconds(advance, "advance"));
    }

    internal override TimeWindow Latest(long time)
    {
        long start = Floor(time, _advance);
        return new TimeWindow(start, start + _size);
    }

    internal override bool TryEarlier(TimeWindow window, long time, out TimeWindow earlier)
    {
        earlier = new TimeWindow(window.Start - _advance, window.End - _advance);
        return earlier.Contains(time);
    }
}
