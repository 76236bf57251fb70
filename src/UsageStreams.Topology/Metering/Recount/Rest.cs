namespace UsageStreams.Topology.Metering.Recount;

/// <summary>
/// Sees to it that reading the past, however often somebody asks for it, takes a fifth of a task's time at most: after each reading there is rest, four times
/// as long as it took, in which what asks for the next one gathers.
/// </summary>
internal sealed class Rest
{
    private const int Share = 4;

    private long _spent;
    private long _until = long.MinValue;

    /// <summary>Whether the next reading may begin.</summary>
    /// <param name="now">Now, Unix milliseconds.</param>
    public bool IsOver(long now) => now >= _until;

    /// <summary>A slice was read.</summary>
    /// <param name="began">When it began, Unix milliseconds.</param>
    /// <param name="now">Now, Unix milliseconds.</param>
    public void Spend(long began, long now) => _spent += Math.Max(0, now - began);

    /// <summary>The reading has ended.</summary>
    /// <param name="now">Now, Unix milliseconds.</param>
    public void Begin(long now) => (_until, _spent) = (now + (Share * _spent), 0);
}
