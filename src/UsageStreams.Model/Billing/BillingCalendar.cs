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
    private Found? _last;

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
        // Most questions are about the period of the question before; threads that overwrite each other's answer do no harm.
        if (_last is { } last && last.Period.Contains(time)) return last.Period;
        var month = MonthOf(time);
        var period = new Period(StartOf(AnchorOf(month)), StartOf(AnchorOf(month.PlusMonths(1))));
        _last = new Found(period);
        return period;
    }

    /// <summary>When the period an instant lies in is locked: the start of the day, in the zone, that comes so many days after the period's end.</summary>
    /// <param name="time">The instant.</param>
    /// <param name="lockDays">Days after the period's end, 0 to 40.</param>
    /// <exception cref="ModelException">The days lie outside the range.</exception>
    public DateTimeOffset LockOf(DateTimeOffset time, int lockDays) => lockDays is >= 0 and <= 40
        ? StartOf(AnchorOf(MonthOf(time).PlusMonths(1)).PlusDays(lockDays))
        : throw new ModelException($"A period can be locked 0 to 40 days after its end, not {lockDays}; correct the contract's lockDays.");

    private static BillingCalendar Create(string zone, int anchorDay)
    {
        if (anchorDay is < 1 or > 31)
            throw new ModelException($"Anchor day {anchorDay} is outside 1 to 31; choose a day of the month, 31 for its last day.");
        var found = DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone)
            ?? throw new ModelException($"'{zone}' is no IANA time zone; write it like Europe/Berlin or UTC.");
        return new BillingCalendar(found, anchorDay);
    }

    /// <summary>The month in which the period starts that an instant lies in.</summary>
    private YearMonth MonthOf(DateTimeOffset time)
    {
        var date = Instant.FromDateTimeOffset(time).InZone(_zone).Date;
        var month = date.ToYearMonth();
        if (date < AnchorOf(month)) month = month.PlusMonths(-1);
        // Clocks that were put back show the day before the anchor again, after the period has begun.
        return time < StartOf(AnchorOf(month.PlusMonths(1))) ? month : month.PlusMonths(1);
    }

    private LocalDate AnchorOf(YearMonth month) =>
        month.OnDayOfMonth(Math.Min(_anchorDay, CalendarSystem.Iso.GetDaysInMonth(month.Year, month.Month)));

    private DateTimeOffset StartOf(LocalDate date)
    {
        var mapping = _zone.MapLocal(date.AtMidnight());
        // No midnight: it lies in a gap, which may be as long as a day; the first instant after it is the first that shows the day or a later one.
        var start = mapping.Count == 0 ? mapping.LateInterval.Start : mapping.First().ToInstant();
        return start.ToDateTimeOffset();
    }

    private sealed record Found(Period Period);
}
