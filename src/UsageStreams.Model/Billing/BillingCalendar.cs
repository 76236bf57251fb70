using System.Collections.Concurrent;
using NodaTime;

namespace UsageStreams.Model;

/// <summary>
/// Cuts time into billing periods of a month, from the start of the anchor day in the contract's zone to the start of the next anchor day.
/// Every instant lies in exactly one period, whatever daylight saving time does at midnight.
/// </summary>
public sealed class BillingCalendar
{
    private static readonly ConcurrentDictionary<(string Zone, int AnchorDay), BillingCalendar> Known = new();

    private readonly DateTimeZone _zone;
    private readonly int _anchorDay;

    private BillingCalendar(DateTimeZone zone, int anchorDay) => (_zone, _anchorDay) = (zone, anchorDay);

    /// <summary>The calendar of a zone and an anchor day; made once and kept.</summary>
    /// <param name="zone">IANA id, such as Europe/Berlin.</param>
    /// <param name="anchorDay">Day of the month a period starts, 1 to 28: the days every month has.</param>
    /// <exception cref="ModelException">There is no such zone, or the day lies outside the range.</exception>
    public static BillingCalendar Of(string zone, int anchorDay) =>
        Known.TryGetValue((zone, anchorDay), out var calendar) ? calendar : Known.GetOrAdd((zone, anchorDay), Create(zone, anchorDay));

    /// <summary>The period an instant lies in.</summary>
    public Period PeriodOf(DateTimeOffset time)
    {
        var date = Instant.FromDateTimeOffset(time).InZone(_zone).Date;
        var anchor = new LocalDate(date.Year, date.Month, _anchorDay);
        if (date < anchor) anchor = anchor.PlusMonths(-1);
        return new Period(StartOf(anchor), StartOf(anchor.PlusMonths(1)));
    }

    private static BillingCalendar Create(string zone, int anchorDay)
    {
        if (anchorDay is < 1 or > 28)
            throw new ModelException($"Anchor day {anchorDay} is outside 1 to 28, the days that every month has; choose one of them.");
        var found = DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone)
            ?? throw new ModelException($"'{zone}' is no IANA time zone; write it like Europe/Berlin or UTC.");
        return new BillingCalendar(found, anchorDay);
    }

    private DateTimeOffset StartOf(LocalDate date) => date.AtStartOfDayInZone(_zone).ToInstant().ToDateTimeOffset();
}
