using System.Globalization;
using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Tests.Operators;

public sealed class CalendarWindowTests
{
    [Theory]
    [InlineData("2026-03-29T12:00Z", "2026-03-28T23:00Z", "2026-03-29T22:00Z")]
    [InlineData("2026-10-25T12:00Z", "2026-10-24T22:00Z", "2026-10-25T23:00Z")]
    [InlineData("2026-06-30T22:00Z", "2026-06-30T22:00Z", "2026-07-01T22:00Z")]
    public void A_day_in_Berlin_has_23_24_or_25_hours(string time, string start, string end) =>
        ShouldBe(CalendarWindows.Daily("Europe/Berlin"), time, start, end);

    [Fact]
    public void A_day_that_has_no_midnight_begins_at_its_first_instant() =>
        ShouldBe(CalendarWindows.Daily("America/Sao_Paulo"), "2018-11-04T12:00Z", "2018-11-04T03:00Z", "2018-11-05T02:00Z");

    [Theory]
    [InlineData(DayOfWeek.Monday, "2026-03-29T12:00Z", "2026-03-22T23:00Z", "2026-03-29T22:00Z")]
    [InlineData(DayOfWeek.Sunday, "2026-03-29T12:00Z", "2026-03-28T23:00Z", "2026-04-04T22:00Z")]
    public void A_week_begins_with_the_day_asked_for(DayOfWeek firstDay, string time, string start, string end) =>
        ShouldBe(CalendarWindows.Weekly("Europe/Berlin", firstDay), time, start, end);

    [Fact]
    public void A_month_ends_where_the_next_begins() =>
        ShouldBe(CalendarWindows.Monthly("America/New_York"), "2024-02-29T12:00Z", "2024-02-01T05:00Z", "2024-03-01T05:00Z");

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("America/Sao_Paulo")]
    public void Windows_of_a_zone_follow_each_other_without_gap_or_overlap(string zone)
    {
        foreach (CalendarWindows windows in (CalendarWindows[])[CalendarWindows.Daily(zone), CalendarWindows.Weekly(zone), CalendarWindows.Monthly(zone)])
        {
            TimeWindow window = windows.Latest(Time("2010-01-01T00:00Z"));
            while (window.Start < Time("2027-01-01T00:00Z"))
            {
                windows.Latest(window.Start).ShouldBe(window);
                windows.Latest(window.End - 1).ShouldBe(window);
                TimeWindow next = windows.Latest(window.End);
                next.Start.ShouldBe(window.End);
                window = next;
            }
        }
    }

    [Fact]
    public void Days_are_summed_in_the_customers_zone()
    {
        using TopologyTestDriver driver = OperatorTest.Run(builder =>
        {
            WindowedKTable<string, string, long> days = builder.Stream("in", OperatorTest.Events)
                .GroupByKey()
                .WindowedBy(CalendarWindows.Daily("Europe/Berlin").WithGrace(TimeSpan.FromHours(6)))
                .Aggregate(
                    static () => 0L,
                    static (long sum, in Record<string, string> record) => sum + long.Parse(OperatorTest.Word(record.Value)),
                    Materialized.As("days", Serdes.Utf8, Serdes.Int64).WithEmit(EmitStrategy.OnWindowClose));
            days.ToStream("final").To("out", Produced.With(Serdes.Windowed(Serdes.Utf8), Serdes.Int64));
            days.Late.To("late", Produced.With(Serdes.Windowed(Serdes.Utf8), Serdes.Utf8));
        });
        foreach ((string time, int amount) in ((string, int)[])[("2026-03-28T23:00Z", 1), ("2026-03-29T21:59Z", 2), ("2026-03-29T22:00Z", 4), ("2026-03-30T04:00Z", 8)])
            driver.Input().Pipe("k", $"{Time(time)}:{amount}");

        driver.CreateOutputTopic("out", WindowTest.Keys, Serdes.Int64).ReadAll().Select(static r => r.Value).ShouldBe([3L]);
    }

    [Fact]
    public void An_unknown_zone_is_refused() =>
        Should.Throw<ArgumentException>(static () => CalendarWindows.Daily("Mars/Olympus")).Message.ShouldContain("'Mars/Olympus'");

    private static void ShouldBe(CalendarWindows windows, string time, string start, string end) =>
        windows.Latest(Time(time)).ShouldBe(new TimeWindow(Time(start), Time(end)));

    private static long Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
}
