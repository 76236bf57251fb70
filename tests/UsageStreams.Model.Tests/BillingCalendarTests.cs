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
    [InlineData("America/New_York")]
    [InlineData("Asia/Beirut")]
    [InlineData("Africa/Cairo")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("America/Santiago")]
    public void Every_instant_lies_in_exactly_one_period(string zone)
    {
        for (var anchor = 1; anchor <= 28; anchor++)
        {
            var calendar = BillingCalendar.Of(zone, anchor);
            var period = calendar.PeriodOf(At("2019-12-31T00:00:00Z"));
            for (var month = 0; month < 36; month++)
            {
                calendar.PeriodOf(period.Start).ShouldBe(period);
                calendar.PeriodOf(period.End.AddTicks(-1)).ShouldBe(period);
                var next = calendar.PeriodOf(period.End);
                next.Start.ShouldBe(period.End);
                period = next;
            }
        }
    }

    [Fact]
    public void An_unknown_zone_is_named_in_the_error() =>
        Should.Throw<ModelException>(() => BillingCalendar.Of("Mars/Olympus", 1)).Message.ShouldContain("'Mars/Olympus'");

    [Theory]
    [InlineData(0)]
    [InlineData(29)]
    public void An_anchor_day_that_some_month_lacks_is_refused(int day) =>
        Should.Throw<ModelException>(() => BillingCalendar.Of("UTC", day)).Message.ShouldContain("1 to 28");

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
