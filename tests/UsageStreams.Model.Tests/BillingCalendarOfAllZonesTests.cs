using NodaTime;

namespace UsageStreams.Model.Tests;

/// <summary>The calendar for every zone of the IANA database, every transition from 2015 to 2035 and every anchor day.</summary>
public sealed class BillingCalendarOfAllZonesTests
{
    private const int AnchorDays = 31;

    private static readonly Instant From = Instant.FromUtc(2015, 1, 1, 0, 0);
    private static readonly Instant To = Instant.FromUtc(2036, 1, 1, 0, 0);

    [Fact]
    public void Periods_of_every_zone_and_anchor_day_follow_each_other_without_gap_or_overlap()
    {
        var periods = EveryZone(static (zone, fault) =>
        {
            var count = 0;
            for (var anchor = 1; anchor <= AnchorDays; anchor++)
            {
                var calendar = BillingCalendar.Of(zone.Id, anchor);
                var period = calendar.PeriodOf(From.ToDateTimeOffset());
                for (; period.Start < To.ToDateTimeOffset(); count++)
                {
                    var next = calendar.PeriodOf(period.End);
                    if (next.Start != period.End || calendar.PeriodOf(period.Start) != period || calendar.PeriodOf(period.End.AddTicks(-1)) != period)
                        fault($"{zone.Id}, anchor day {anchor}: {period.Start:O} to {period.End:O} is not the one period of its instants, or is not followed by the next.");
                    period = next;
                }
            }

            return count;
        });

        periods.ShouldBeGreaterThan(500 * AnchorDays * 252);
    }

    [Fact]
    public void Every_instant_around_every_transition_lies_in_exactly_one_period()
    {
        var instants = EveryZone(static (zone, fault) =>
        {
            var near = InstantsOfInterest(zone).Select(static instant => instant.ToDateTimeOffset()).ToList();
            for (var anchor = 1; anchor <= AnchorDays; anchor++)
            {
                var calendar = BillingCalendar.Of(zone.Id, anchor);
                var all = near.Select(calendar.PeriodOf).Distinct().OrderBy(static period => period.Start).ToList();
                for (var other = 1; other < all.Count; other++)
                {
                    if (all[other].Start < all[other - 1].End) fault($"{zone.Id}, anchor day {anchor}: {all[other - 1]} and {all[other]} overlap.");
                }

                foreach (var instant in near)
                {
                    if (!calendar.PeriodOf(instant).Contains(instant)) fault($"{zone.Id}, anchor day {anchor}: {instant:O} is not in its own period {calendar.PeriodOf(instant)}.");
                }
            }

            return near.Count;
        });

        instants.ShouldBeGreaterThan(100_000);
    }

    [Fact]
    public void Every_period_starts_where_a_walk_over_the_zone_s_offsets_first_shows_its_anchor_day()
    {
        var starts = EveryZone(static (zone, fault) =>
        {
            var offsets = zone.GetZoneIntervals(From - Duration.FromDays(40), To + Duration.FromDays(70)).ToList();
            var count = 0;
            for (var anchor = 1; anchor <= AnchorDays; anchor++)
            {
                var calendar = BillingCalendar.Of(zone.Id, anchor);
                for (var month = new DateTime(2015, 1, 1, 0, 0, 0, DateTimeKind.Utc); month.Year < 2036; month = month.AddMonths(1), count++)
                {
                    var day = month.AddDays(Math.Min(anchor, DateTime.DaysInMonth(month.Year, month.Month)) - 1);
                    var expected = FirstInstantOf(day, offsets);
                    if (calendar.PeriodOf(expected).Start != expected) fault($"{zone.Id}, anchor day {anchor}: {day:d} starts at {expected:O}, the calendar says {calendar.PeriodOf(expected).Start:O}.");
                }
            }

            return count;
        });

        starts.ShouldBeGreaterThan(500 * AnchorDays * 252);
    }

    [Fact]
    public void Every_period_is_locked_at_the_first_instant_of_the_day_that_comes_so_many_days_after_it()
    {
        var locks = EveryZone(static (zone, fault) =>
        {
            var offsets = zone.GetZoneIntervals(From - Duration.FromDays(40), To + Duration.FromDays(120)).ToList();
            var count = 0;
            for (var anchor = 1; anchor <= AnchorDays; anchor++)
            {
                var calendar = BillingCalendar.Of(zone.Id, anchor);
                for (var month = new DateTime(2015, 2, 1, 0, 0, 0, DateTimeKind.Utc); month.Year < 2036; month = month.AddMonths(1), count++)
                {
                    var days = (month.Month * 7) % 41;
                    var end = month.AddDays(Math.Min(anchor, DateTime.DaysInMonth(month.Year, month.Month)) - 1);
                    var locked = calendar.LockOf(FirstInstantOf(end, offsets).AddTicks(-1), days);
                    if (locked != FirstInstantOf(end.AddDays(days), offsets)) fault($"{zone.Id}, anchor day {anchor}: the period that ends on {end:d} is locked at {locked:O} with {days} lock days.");
                }
            }

            return count;
        });

        locks.ShouldBeGreaterThan(500 * AnchorDays * 250);
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("America/Havana")]
    [InlineData("America/Sao_Paulo")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Asia/Kolkata")]
    [InlineData("Pacific/Apia")]
    [InlineData("UTC")]
    public void The_platform_s_own_zones_show_the_anchor_day_from_a_period_s_start_on_and_not_before(string id)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
        for (var anchor = 1; anchor <= AnchorDays; anchor++)
        {
            var period = BillingCalendar.Of(id, anchor).PeriodOf(new DateTimeOffset(2015, 2, 1, 0, 0, 0, TimeSpan.Zero));
            for (; period.Start.Year < 2026; period = BillingCalendar.Of(id, anchor).PeriodOf(period.End))
            {
                var local = TimeZoneInfo.ConvertTime(period.Start, zone);
                var before = TimeZoneInfo.ConvertTime(period.Start.AddTicks(-1), zone);
                local.Day.ShouldBe(Math.Min(anchor, DateTime.DaysInMonth(local.Year, local.Month)), $"{id}, {period.Start:O}");
                before.Day.ShouldNotBe(local.Day, $"{id}, {period.Start:O}");
            }
        }
    }

    /// <summary>Just before, at and just after each transition; the same of every midnight of the three days around it; and of the days a month can end on.</summary>
    private static IEnumerable<Instant> InstantsOfInterest(DateTimeZone zone)
    {
        var tick = Duration.FromTicks(1);
        foreach (var interval in zone.GetZoneIntervals(From, To).Where(static interval => interval.HasStart && interval.Start >= From))
        {
            var at = interval.Start;
            var day = at.InZone(zone).Date;
            foreach (var instant in Enumerable.Range(-1, 3).Select(day.PlusDays).SelectMany(date => MidnightsOf(date, zone)).Append(at))
            {
                yield return instant - tick;
                yield return instant;
                yield return instant + tick;
            }
        }

        for (var month = new LocalDate(2015, 1, 28); month.Year < 2036; month = month.PlusMonths(1))
            yield return month.PlusDays(3).AtStartOfDayInZone(zone).ToInstant();
    }

    /// <summary>None where the clocks skip it, two where they are put back over it.</summary>
    private static IEnumerable<Instant> MidnightsOf(LocalDate date, DateTimeZone zone)
    {
        var mapping = zone.MapLocal(date.AtMidnight());
        if (mapping.Count > 0) yield return mapping.First().ToInstant();
        if (mapping.Count > 1) yield return mapping.Last().ToInstant();
    }

    /// <summary>The naive way: interval by interval of equal offset, the first instant at which the clock shows the day or a later one.</summary>
    private static DateTimeOffset FirstInstantOf(DateTime day, List<NodaTime.TimeZones.ZoneInterval> offsets)
    {
        foreach (var interval in offsets)
        {
            var shown = new DateTimeOffset(day - interval.WallOffset.ToTimeSpan(), TimeSpan.Zero);
            if (interval.HasEnd && shown >= interval.End.ToDateTimeOffset()) continue;
            return interval.HasStart && interval.Start.ToDateTimeOffset() > shown ? interval.Start.ToDateTimeOffset() : shown;
        }

        throw new InvalidOperationException($"No interval shows {day:d}.");
    }

    /// <summary>Does something for every zone, aliases included, and fails with the first faults it tells of.</summary>
    private static long EveryZone(Func<DateTimeZone, Action<string>, int> check)
    {
        var faults = new System.Collections.Concurrent.ConcurrentQueue<string>();
        long sum = 0;
        Parallel.ForEach(DateTimeZoneProviders.Tzdb.Ids, id => Interlocked.Add(ref sum, check(DateTimeZoneProviders.Tzdb[id], faults.Enqueue)));
        faults.Take(10).ShouldBeEmpty();
        return sum;
    }
}
