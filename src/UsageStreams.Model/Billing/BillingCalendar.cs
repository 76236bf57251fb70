using System.Collections.Concurrent;
using NodaTime;

namespace UsageStreams.Model;

/// <summary>
/// Cuts time into billing periods of a month, from the start of the anchor day in the contract's zone to the start of the next anchor day.
/// Every instant lies in exactly one period, whatever daylight saving time does at midnight.
/// </summary>
/// <remarks>
/// A month without the anchor day starts its period on its last day: with anchor day 31, periods start on 31 January, 28 or 29 February, 31 March, 30 April.
/// A day starts at the first instant at which the zone's clocks show it or a later day; that they are put back over midnight afterwards doesn't undo it.
/// </remarks>
public sealed class BillingCalendar
{
    private static readonly ConcurrentDictionary<(string Zone, int AnchorDay), BillingCalendar> Known = new();

    private readonly DateTimeZone _zone;
    private readonly int _anchorDay;

    private BillingCalendar(DateTimeZone zone, int anchorDay) => (_zone, _anchorDay) = (zone, anchorDay);

    /// <summary>The calendar of a zone and an anchor day; made once and kept.</summary>
    /// <param name="zone">IANA id, such as Europe/Berlin.</param>
    /// <param name="anchorDay">Day of the month a period starts, 1 to 31; a shorter month's last day stands for the days it lacks.</param>
    /// <exception cref="ModelException">There is no such zone, or the day lies outside the range.</exception>
    public static BillingCalendar Of(string zone, int anchorDay) =>
        Known.TryGetValue((zone, anchorDay), out var calendar) ? calendar : Known.GetOrAdd((zone, anchorDay), Create(zone, anchorDay));

    /// <summary>The period an instant lies in.</summary>
    public Period PeriodOf(DateTimeOffset time)
    {
        var date = Instant.FromDateTimeOffset(time).InZone(_zone).Date;
        var month = date.ToYearMonth();
        if (date < AnchorOf(month)) month = month.PlusMonths(-1);
        var start = StartOf(month);
        var end = StartOf(month.PlusMonths(1));
        // Clocks that were put back show the day before the anchor again, after the period has begun.
        return time < end ? new Period(start, end) : new Period(end, StartOf(month.PlusMonths(2)));
    }

    private static BillingCalendar Create(string zone, int anchorDay)
    {
        if (anchorDay is < 1 or > 31)
            throw new ModelException($"Anchor day {anchorDay} is outside 1 to 31; choose a day of the month, 31 for its last day.");
        var found = DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone)
            ?? throw new ModelException($"'{zone}' is no IANA time zone; write it like Europe/Berlin or UTC.");
        return new BillingCalendar(found, anchorDay);
    }

    private LocalDate AnchorOf(YearMonth month) =>
        month.OnDayOfMonth(Math.Min(_anchorDay, CalendarSystem.Iso.GetDaysInMonth(month.Year, month.Month)));

    private DateTimeOffset StartOf(YearMonth month)
    {
        var midnight = AnchorOf(month).AtMidnight();
        var mapping = _zone.MapLocal(midnight);
        // No midnight: it lies in a gap, which may be as long as a day; the first instant after it is the first that shows the day or a later one.
        var start = mapping.Count == 0 ? mapping.LateInterval.Start : mapping.First().ToInstant();
        return start.ToDateTimeOffset();
    }
}
