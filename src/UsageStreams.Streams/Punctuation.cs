namespace UsageStreams.Streams;

/// <summary>Which clock drives a punctuation.</summary>
public enum PunctuationType
{
    /// <summary>The task's stream time: nothing happens while no records or watermarks come.</summary>
    StreamTime,

    /// <summary>The machine's clock.</summary>
    WallClock,
}

/// <summary>A callback on a schedule. Runs between batches of records, and before each commit.</summary>
public sealed class Punctuation
{
    private readonly Action<long> _action;
    private readonly long _interval;
    private long _next;

    internal Punctuation(PunctuationType type, TimeSpan interval, Action<long> action, long next)
    {
        Type = type;
        _interval = Math.Max(1, (long)interval.TotalMilliseconds);
        _action = action;
        _next = next;
    }

    /// <summary>Its clock.</summary>
    public PunctuationType Type { get; }

    internal bool IsCancelled { get; private set; }

    /// <summary>Ends the schedule.</summary>
    public void Cancel() => IsCancelled = true;

    internal bool TryRun(long now)
    {
        if (IsCancelled || now < _next)
            return false;
        // Multiples of the interval, so that a restart does not shift the schedule; what was missed is one call.
        _next = Math.DivRem(now, _interval, out long rest) * _interval + (rest < 0 ? 0 : _interval);
        _action(now);
        return true;
    }
}
