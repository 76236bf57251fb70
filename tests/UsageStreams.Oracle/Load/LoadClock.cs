namespace UsageStreams.Oracle.Load;

/// <summary>When a load takes place.</summary>
/// <param name="Start">First instant of event time, Unix ms.</param>
/// <param name="Span">How much event time there is, ms.</param>
internal sealed record LoadClock(long Start, long Span)
{
    public const long Minute = 60_000;
    public const long Hour = 60 * Minute;
    public const long Day = 24 * Hour;

    /// <summary>First instant after the load's events.</summary>
    public long End => Start + Span;

    /// <summary>Before this reference data hold already.</summary>
    public long LongBefore => Start - (400 * Day);

    /// <summary>
    /// Two and a half days or eighty, from where the options say. By default Berlin alone puts its clocks on in the former, and the latter have several ends of periods in them.
    /// </summary>
    public static LoadClock Of(LoadOptions options)
    {
        var months = options.Features.HasFlag(Features.Months);
        var start = options.Start?.ToUnixTimeMilliseconds() ?? (months ? At(2026, 1, 20) : At(2026, 3, 28));
        return new LoadClock(start, months ? 80 * Day : (2 * Day) + (12 * Hour));
    }

    /// <summary>The instant that a share of the span has passed.</summary>
    public long Share(double share) => Start + (long)(Span * share);

    public static DateTimeOffset Time(long millis) => DateTimeOffset.FromUnixTimeMilliseconds(millis);

    private static long At(int year, int month, int day) => new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
}
