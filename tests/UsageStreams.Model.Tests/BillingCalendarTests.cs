using UsageStreams.Model;

namespace UsageStreams.Model.Tests;

public sealed class BillingCalendarTests
{
    [Fact]
    public void A_month_starts_at_midnight_of_the_contract_s_zone()
    {
        var period = BillingCalendar.Of("Europe/Berlin", 1).PeriodOf(At("2026-03-31T21:59:59Z"));

        period.Start.ShouldBe(At("2026-02-28T23:00:00Z"));
        period.End.ShouldBe(At("2026-03-31T22:00:00Z"));
    }

    [Fact]
    public void The_first_instant_of_a_period_belongs_to_it_and_the_end_to_the_next()
    {
        var calendar = BillingCalendar.Of("UTC", 15);
        var period = calendar.PeriodOf(At("2026-01-15T00:00:00Z"));

        period.Start.ShouldBe(At("2026-01-15T00:00:00Z"));
        period.Contains(period.End).ShouldBeFalse();
        calendar.PeriodOf(period.End).Start.ShouldBe(period.End);
    }

    [Fact]
    public void A_day_whose_midnight_is_skipped_starts_at_its_first_instant()
    {
        // In Beirut the clock went from 00:00 to 01:00 on 2021-03-28.
        var period = BillingCalendar.Of("Asia/Beirut", 28).PeriodOf(At("2021-03-28T12:00:00Z"));

        period.Start.ShouldBe(At("2021-03-27T22:00:00Z"));
    }

    [Theory]
    [InlineData(31, "2026-02-10", "2026-01-31", "2026-02-28")]
    [InlineData(31, "2026-02-28", "2026-02-28", "2026-03-31")]
    [InlineData(31, "2026-04-30", "2026-04-30", "2026-05-31")]
    [InlineData(30, "2024-02-29", "2024-02-29", "2024-03-30")]
    [InlineData(29, "2026-03-01", "2026-02-28", "2026-03-29")]
    public void The_last_day_of_a_shorter_month_stands_for_the_anchor_day_it_lacks(int anchor, string day, string start, string end)
    {
        var period = BillingCalendar.Of("UTC", anchor).PeriodOf(At(day + "T12:00:00Z"));

        period.ShouldBe(new Period(At(start + "T00:00:00Z"), At(end + "T00:00:00Z")));
    }

    [Fact]
    public void A_period_that_has_begun_goes_on_when_the_clocks_are_put_back_to_the_day_before()
    {
        // In St. John's the clock went from 00:01 on 7 November 2010 back to 23:01 on the 6th.
        var calendar = BillingCalendar.Of("America/St_Johns", 7);
        var start = At("2010-11-07T02:30:00Z");

        calendar.PeriodOf(start).Start.ShouldBe(start);
        calendar.PeriodOf(start.AddMinutes(30)).Start.ShouldBe(start);
        calendar.PeriodOf(start.AddTicks(-1)).End.ShouldBe(start);
    }

    [Fact]
    public void An_anchor_day_that_a_zone_left_out_starts_with_the_day_after_it()
    {
        // Samoa went from 29 to 31 December 2011.
        var calendar = BillingCalendar.Of("Pacific/Apia", 30);
        var start = At("2011-12-30T10:00:00Z");

        calendar.PeriodOf(start).Start.ShouldBe(start);
        calendar.PeriodOf(start.AddTicks(-1)).End.ShouldBe(start);
    }

    [Fact]
    public void An_unknown_zone_is_named_in_the_error() =>
        Should.Throw<ModelException>(() => BillingCalendar.Of("Mars/Olympus", 1)).Message.ShouldContain("'Mars/Olympus'");

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    public void An_anchor_day_that_is_no_day_of_a_month_is_refused(int day) =>
        Should.Throw<ModelException>(() => BillingCalendar.Of("UTC", day)).Message.ShouldContain("1 to 31");

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
