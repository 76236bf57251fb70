using NodaTime;

namespace UsageStreams.Streams.Windows;

/// <summary>
/// Days, weeks or months as they are lived in a time zone. A day begins at the first instant of its date there: it may have 23 or 25 hours.
/// </summary>
public sealed record CalendarWindows : TimeWindows
{
    private readonly DateTimeZone _zone;
    private readonly Func<LocalDate, (LocalDate Start, LocalDate End)> _period;

    private CalendarWindows(string zone, Func<LocalDate, (LocalDate Start, LocalDate End)> period)
    {
        _zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone)
            ?? throw new ArgumentException($"There is no time zone '{zone}'. Use an IANA name such as 'Europe/Berlin' or 'UTC'.", nameof(zone));
        _period = period;
    }

    /// <summary>Days.</summary>
    /// <param name="zone">IANA name of the time zone.</param>
    public static CalendarWindows Daily(string zone) => new(zone, static date => (date, date.PlusDays(1)));

    /// <summary>Weeks.</summary>
    /// <param name="zone">IANA name of the time zone.</param>
    /// <param name="firstDay">The day that a week begins with; default Monday.</param>
    public static CalendarWindows Weekly(string zone, DayOfWeek firstDay = DayOfWeek.Monday) => new(zone, date =>
    {
        int day = (int)date.DayOfWeek % 7;
        LocalDate start = date.PlusDays(-((day - (int)firstDay + 7) % 7));
        return (start, start.PlusDays(7));
    });

    /// <summary>Months.</summary>
    /// <param name="zone">IANA name of the time zone.</param>
    public static CalendarWindows Monthly(string zone) => new(zone, static date =>
    {
        var start = new LocalDate(date.Year, date.Month, 1);
        return (start, start.PlusMonths(1));
    });

    internal override TimeWindow Latest(long time)
    {
        LocalDate date = Instant.FromUnixTimeMilliseconds(time).InZone(_zone).Date;
        (LocalDate start, LocalDate end) = _period(date);
        return new TimeWindow(Begin(start), Begin(end));
    }

    private long Begin(LocalDate date) => _zone.AtStartOfDay(date).ToInstant().ToUnixTimeMilliseconds();
}
