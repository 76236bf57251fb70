using UsageStreams.Model;

namespace UsageStreams.Topology.Tests.Metering.Cases;

/// <summary>The cases that others get wrong, each through the whole topology.</summary>
public sealed class NamedCaseTests
{
    private static readonly Metric Sum = Story.Metric("sum", Aggregation.Sum);

    [Fact]
    public void Tenant_a_b_with_source_c_and_tenant_a_with_source_b_c_are_two_events()
    {
        var story = new Story().Publish(Sum).Publish(Story.Tenant("a-b", "a")).Publish(Story.Tenant("a", "a")).On("2026-03-02 10:00");
        var one = Story.Event("a-b", "1", story.Instant) with { Source = "c" };
        var end = story.Arrives(one).Arrives(one with { Tenant = "a", Source = "b-c" }).Arrives(one).Play();

        end.Quantity("a", "sum").ShouldBe(2);
        end.Outcome("a-b", "duplicate/same").ShouldBe(1);
        end.Outcome("a", "ledger/metered").ShouldBe(1);
    }

    [Fact]
    public void A_repetition_after_44_9_days_is_a_duplicate()
    {
        var story = new Story().Publish(Sum).Happens("t1", "1", "2026-03-02 10:00");
        var repeated = Story.Event("t1", "1", story.Instant);
        var end = story.On("2026-04-16 07:35").Arrives(repeated).Play();

        end.Quantity("a", "sum").ShouldBe(1);
        end.Outcome("t1", "duplicate/same").ShouldBe(1);
    }

    [Fact]
    public void A_repetition_after_the_window_of_deduplication_is_too_late_to_be_counted_again()
    {
        var story = new Story().Publish(Sum).Happens("t1", "1", "2026-03-02 10:00");
        var repeated = Story.Event("t1", "1", story.Instant);
        var end = story.On("2026-04-17 10:00").Arrives(repeated).Play();

        end.Quantity("a", "sum").ShouldBe(1);
        end.Outcome("t1", "late-rejected/too-late").ShouldBe(1);
    }

    [Fact]
    public void The_same_id_with_another_payload_is_rejected_and_the_first_stays()
    {
        var story = new Story().Publish(Sum).Happens("t1", "1", "2026-03-02 10:00", 5);
        var end = story.Arrives(Story.Event("t1", "1", story.Instant, 7)).Play();

        end.Quantity("a", "sum").ShouldBe(5);
        end.Outcome("t1", "rejected/id-conflict").ShouldBe(1);
    }

    [Fact]
    public void The_same_id_with_another_time_is_rejected_and_the_first_stays()
    {
        var story = new Story().Publish(Sum).Happens("t1", "1", "2026-03-02 10:00", 5);
        var end = story.Arrives(Story.Event("t1", "1", story.Instant.AddHours(-2), 5)).Play();

        end.Quantity("a", "sum", "2026-03-02 10:00").ShouldBe(5);
        end.Quantity("a", "sum").ShouldBe(5);
        end.Outcome("t1", "rejected/id-conflict").ShouldBe(1);
    }

    [Fact]
    public void An_event_400_days_old_is_late_rejected()
    {
        var story = new Story().Publish(Sum).Happens("t1", "1", "2026-03-02 10:00");
        var end = story.Arrives(Story.Event("t1", "2", story.Instant.AddDays(-400))).Play();

        end.Quantity("a", "sum").ShouldBe(1);
        end.Outcome("t1", "late-rejected/too-late").ShouldBe(1);
    }

    [Fact]
    public void An_event_400_days_old_is_counted_in_its_window_by_a_metric_for_history()
    {
        var story = new Story().Publish(Sum with { LatenessMillis = -1 }).On("2026-03-02 10:00");
        var end = story.Arrives(Story.Event("t1", "2", story.Instant.AddDays(-400), 3)).Play();

        end.Quantity("a", "sum", "2025-01-26 10:00").ShouldBe(3);
        end.Outcome("t1", "ledger/metered").ShouldBe(1);
    }

    [Theory]
    [InlineData(Aggregation.Sum, 9, 8)]
    [InlineData(Aggregation.Max, 8, 8)]
    [InlineData(Aggregation.Count, 2, 1)]
    [InlineData(Aggregation.Unique, 1, 1)]
    public void History_that_is_imported_file_after_file_finds_its_windows_however_far_time_has_gone_on(Aggregation aggregation, int both, int left)
    {
        var story = new Story().Publish(Story.Metric("used", aggregation, aggregation == Aggregation.Unique ? "user" : "quantity") with { LatenessMillis = -1 }).On("2026-03-02 10:00");
        for (var day = 100; day > 0; day--) story.Comes(Story.Event("t1", $"first-{day}", story.Instant.AddDays(-day), 1));
        var window = story.Instant.AddDays(-100);
        var second = story.Arrives(Story.Event("t2", "second", window, 8));

        var end = second.Play();
        end.Quantity("a", "used", $"{window:u}").ShouldBe(both);
        end.EntryIds.ShouldBeUnique();

        var taken = second.Arrives(Story.Event("t1", "third", story.Instant) with { Retracts = "first-100" }).On("2026-03-02 11:00").Play();
        taken.Quantity("a", "used", $"{window:u}").ShouldBe(left);
        taken.EntryIds.ShouldBeUnique();
    }

    [Fact]
    public void What_came_late_and_waited_long_finds_the_windows_of_its_account_when_its_mapping_arrives()
    {
        var story = new Story().Publish(Sum with { LatenessMillis = (long)TimeSpan.FromDays(40).TotalMilliseconds })
            .Happens("t1", "1", "2026-03-02 10:00")
            .On("2026-04-10 10:00").Arrives(Story.Event("x", "2", Story.At("2026-03-02 10:10"), 3))
            .On("2026-05-20 10:00").Arrives(Story.Event("t1", "3", Story.At("2026-05-20 10:00")));
        var end = story.Publish(Story.Tenant("x", "a")).On("2026-05-20 12:00").Arrives(Story.Event("t1", "4", Story.At("2026-05-20 12:00"))).Play();

        end.Quantity("a", "sum", "2026-03-02 10:00").ShouldBe(4);
        end.EntryIds.ShouldBeUnique();
    }

    [Fact]
    public void An_event_exactly_at_midnight_belongs_to_the_day_and_the_period_that_begin()
    {
        var end = new Story().Publish(Sum with { Window = MetricWindow.Day })
            .Happens("t1", "1", "2026-03-31 23:59:59.999", 1)
            .Happens("t1", "2", "2026-04-01 00:00:00.000", 10)
            .Play();

        end.Quantity("a", "sum", "2026-03-31").ShouldBe(1);
        end.Quantity("a", "sum", "2026-04-01").ShouldBe(10);
        end.Running("a/sum/20260301").ShouldBe(1);
        end.Running("a/sum/20260401").ShouldBe(10);
    }

    [Fact]
    public void A_hundred_thousand_times_a_tenth_is_ten_thousand()
    {
        var story = new Story().Publish(Sum).On("2026-03-02 10:00");
        for (var index = 0; index < 100_000; index++) story.Comes(Story.Event("t1", $"{index}", story.Instant.AddMilliseconds(index), 0.1m));
        var end = story.On("2026-03-02 10:30").Play();

        end.Quantity("a", "sum", "2026-03-02 10:00").ShouldBe(10_000m);
    }

    [Fact]
    public void Users_of_two_tenants_of_one_account_are_counted_once()
    {
        var end = new Story(partitions: 3).Publish(Story.Metric("users", Aggregation.Unique, "user"))
            .Happens("t1", "1", "2026-03-02 10:00", user: "ann")
            .Happens("t2", "1", "2026-03-02 10:01", user: "ann")
            .Happens("t2", "2", "2026-03-02 10:02", user: "bob")
            .Happens("u", "1", "2026-03-02 10:03", user: "ann")
            .Play();

        end.Quantity("a", "users", "2026-03-02 10:00").ShouldBe(2);
        end.Quantity("b", "users", "2026-03-02 10:00").ShouldBe(1);
    }

    [Fact]
    public void A_mapping_that_arrives_a_week_later_lets_what_waited_be_counted_once()
    {
        var story = new Story().Publish(Sum)
            .Happens("x", "1", "2026-03-02 10:00", 1)
            .Happens("x", "2", "2026-03-02 11:00", 2)
            .Happens("t1", "1", "2026-03-02 11:00", 4);
        var end = story.On("2026-03-09 11:00").Publish(Story.Tenant("x", "a"))
            .Happens("x", "3", "2026-03-09 11:01", 8)
            .Play();

        end.Quantity("a", "sum", "2026-03-02 10:00").ShouldBe(1);
        end.Quantity("a", "sum", "2026-03-02 11:00").ShouldBe(6);
        end.Quantity("a", "sum").ShouldBe(15);
        end.Outcome("x", "parked/unknown-tenant").ShouldBe(0);
        end.Outcome("x", "ledger/metered").ShouldBe(3);
    }

    [Fact]
    public void A_mapping_that_changes_in_the_middle_of_a_window_parts_the_window()
    {
        var story = new Story().Publish(Sum)
            .Happens("t1", "1", "2026-03-02 10:10", 1)
            .Happens("t2", "1", "2026-03-02 10:20", 2)
            .Happens("t1", "2", "2026-03-02 10:30", 4)
            .Happens("t1", "3", "2026-03-02 12:00", 8);
        var end = story.On("2026-03-02 15:00").Publish(Story.Tenant("t1", "a", Story.At("2026-03-02 10:30"), "b")).Happens("t1", "4", "2026-03-02 15:01", 16).Play();

        end.Quantity("a", "sum", "2026-03-02 10:00").ShouldBe(3);
        end.Quantity("b", "sum", "2026-03-02 10:00").ShouldBe(4);
        end.Quantity("b", "sum").ShouldBe(28);
    }

    [Fact]
    public void A_contract_that_ends_while_a_window_is_open_parts_the_window_between_it_and_the_next()
    {
        var (ends, next) = (Story.At("2026-03-02 10:30"), Story.Contract("ca2", "a") with { From = Story.At("2026-03-02 10:30") });
        var end = new Story().Publish(Sum)
            .Happens("t1", "1", "2026-03-02 10:10", 1)
            .Happens("t1", "2", "2026-03-02 10:30", 2)
            .Publish(Story.Contract("ca", "a") with { To = ends, Version = 2 }).Publish(next).Publish(Story.Account("a", "ca", "ca2") with { Version = 2 })
            .Happens("t1", "3", "2026-03-02 10:40", 4)
            .Play();

        end.QuantityOf("ca").ShouldBe(1);
        end.QuantityOf("ca2").ShouldBe(6);
    }

    [Fact]
    public void Usage_after_the_end_of_a_contract_without_a_next_one_waits()
    {
        var end = new Story().Publish(Sum)
            .Happens("t1", "1", "2026-03-02 10:10", 1)
            .Publish(Story.Contract("ca", "a") with { To = Story.At("2026-03-02 10:30"), Version = 2 })
            .Happens("t1", "2", "2026-03-02 10:30", 2)
            .Play();

        end.Quantity("a", "sum").ShouldBe(1);
        end.Outcome("t1", "parked/no-contract").ShouldBe(1);
    }
}
