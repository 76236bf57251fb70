namespace UsageStreams.Oracle.Load;

/// <summary>When records arrive: most soon after they happened, 2 % late, a few later than anybody waits.</summary>
/// <param name="random">Decides.</param>
/// <param name="clock">When the load takes place.</param>
/// <param name="features">What happens in it.</param>
/// <param name="longest">How long after an event it is sent again at most, ms.</param>
internal sealed class Arrivals(Random random, LoadClock clock, Features features, long longest)
{
    /// <summary>Arrival of an event.</summary>
    /// <param name="time">Event time, Unix ms.</param>
    public long Of(long time) => time + random.Next(1000) switch
    {
        < 20 when features.HasFlag(Features.TooLate) && random.Next(4) == 0 => VeryLate(),
        < 20 => random.NextInt64(clock.Span / 12),
        < 70 => random.NextInt64(LoadClock.Hour),
        < 80 => -random.NextInt64(50 * LoadClock.Minute),
        _ => random.NextInt64(5 * LoadClock.Minute),
    };

    /// <summary>How long after an event it is sent again.</summary>
    public long UntilRepetition() => random.Next(10) switch
    {
        0 => random.NextInt64(Math.Min(clock.Span, longest)),
        < 4 => random.NextInt64(3 * LoadClock.Hour),
        _ => random.NextInt64(LoadClock.Minute),
    };

    /// <summary>How long after an event it is taken back; negative when before.</summary>
    public long UntilWithdrawal() => random.Next(4) switch
    {
        0 => -random.NextInt64(20 * LoadClock.Minute),
        1 => random.NextInt64(clock.Span / 12),
        _ => random.NextInt64(2 * LoadClock.Hour),
    };

    // Around the bounds of the tight metrics; in months beyond those of all.
    private long VeryLate() => features.HasFlag(Features.Months)
        ? random.NextInt64(30 * LoadClock.Day, 60 * LoadClock.Day)
        : random.NextInt64(clock.Span / 11, clock.Span / 7);
}
