using UsageStreams.Model;

namespace UsageStreams.Topology.Tests.Metering.Cases;

/// <summary>How the past is put right, before and after the lock of its period.</summary>
public sealed class CorrectionTests
{
    private static readonly Metric Sum = Story.Metric("sum", Aggregation.Sum);

    [Theory]
    [InlineData("2026-03-02 09:59")]
    [InlineData("2026-03-02 10:05")]
    [InlineData("2026-03-02 14:00")]
    [InlineData("2026-04-07 00:00")]
    public void A_retraction_takes_an_event_back_whenever_it_comes(string when)
    {
        var taken = Story.Event("t1", "1", Story.At("2026-03-02 10:00"), 5);
        var retraction = Story.Event("t1", "r", Story.At(when)) with { Retracts = "1" };
        UsageEvent[] others = [Story.Event("t1", "2", Story.At("2026-03-02 10:01"), 2), Story.Event("t1", "3", Story.At("2026-03-02 12:00"))];
        var story = new Story().Publish(Sum);
        foreach (var usage in others.Append(taken).Append(retraction).OrderBy(static usage => usage.Time))
            story.Happens(usage);
        var end = story.Play();

        end.Quantity("a", "sum", "2026-03-02 10:00").ShouldBe(2);
        end.Outcome("t1", "ledger/withdrawn").ShouldBe(1);
        end.Outcome("t1", "ledger/correction").ShouldBe(1);
    }

    [Fact]
    public void A_retraction_that_came_weeks_before_its_event_still_holds_when_its_window_is_recounted()
    {
        var story = new Story().Publish(Sum).On("2026-03-02 10:00");
        story.Arrives(Story.Event("t1", "r", story.Instant) with { Retracts = "1" })
            .Happens("t1", "1", "2026-03-12 10:00", 5)
            .Happens("t1", "2", "2026-03-12 10:01", 2)
            .Happens("t1", "3", "2026-04-20 10:00", 1);
        var end = story.Publish(Story.Tenant("t1", "a", Story.At("2026-03-12 00:00"), "b")).Happens("t1", "4", "2026-04-21 10:00", 4).Happens("t1", "5", "2026-04-21 12:00", 8).Play();

        end.Quantity("a", "sum").ShouldBe(0);
        end.Quantity("b", "sum", "2026-03-12 10:00").ShouldBe(2);
        end.Quantity("b", "sum").ShouldBe(15);
    }

    [Fact]
    public void An_amendment_takes_the_place_of_an_event_in_another_window()
    {
        var story = new Story().Publish(Sum).Happens("t1", "1", "2026-03-02 10:00", 5).Happens("t1", "2", "2026-03-02 14:00", 1);
        var end = story.Arrives(Story.Event("t1", "1b", Story.At("2026-03-02 11:00"), 7) with { Amends = "1" }).Play();

        end.Quantity("a", "sum", "2026-03-02 10:00").ShouldBe(0);
        end.Quantity("a", "sum", "2026-03-02 11:00").ShouldBe(7);
        end.Outcome("t1", "ledger/metered").ShouldBe(2);
    }

    [Fact]
    public void A_retraction_of_an_event_that_nobody_sent_changes_nothing()
    {
        var story = new Story().Publish(Sum).Happens("t1", "1", "2026-03-02 10:00", 5);
        var end = story.Arrives(Story.Event("t1", "r", story.Instant) with { Retracts = "never" }).Play();

        end.Quantity("a", "sum").ShouldBe(5);
        end.Outcome("t1", "ledger/correction").ShouldBe(1);
    }

    [Fact]
    public void What_comes_after_the_lock_is_an_adjustment_and_leaves_what_was_booked()
    {
        var story = new Story().Publish(Sum).Happens("t1", "1", "2026-03-31 10:00", 5).Happens("t1", "2", "2026-04-05 23:59:59.999", 1);
        var end = story
            .Arrives(Story.Event("t1", "3", Story.At("2026-03-31 10:01"), 2))
            .On("2026-04-06 00:00").Arrives(Story.Event("t1", "4", Story.At("2026-03-31 10:02"), 3))
            .Play();

        end.Quantity("a", "sum", "2026-03-31 10:00").ShouldBe(10);
        end.Entries("a").ShouldStartWith("final 5, late 2, ");
        end.Entries("a").ShouldContain("adjustment 3");
    }

    [Fact]
    public void A_remapping_after_the_lock_becomes_adjustments_of_both_accounts()
    {
        var story = new Story().Publish(Sum).Happens("t1", "1", "2026-03-31 10:00", 5).Happens("t1", "2", "2026-04-01 10:00", 1);
        var end = story.On("2026-04-08 00:00").Publish(Story.Tenant("t1", "a", Story.At("2026-03-31 00:00"), "b")).Happens("t1", "3", "2026-04-08 00:01", 2).Play();

        end.Quantity("a", "sum").ShouldBe(0);
        end.Quantity("b", "sum").ShouldBe(8);
        end.Entries("a").ShouldContain("adjustment -5");
        end.Entries("b").ShouldContain("adjustment 5");
    }

    [Fact]
    public void A_remapping_before_the_lock_reverses_and_corrects()
    {
        var story = new Story().Publish(Sum).Happens("t1", "1", "2026-03-02 10:00", 5).Happens("t2", "1", "2026-03-02 10:00", 1).Happens("t1", "2", "2026-03-02 14:00", 1);
        var end = story.Publish(Story.Tenant("t1", "a", Story.At("2026-03-02 00:00"), "b")).Happens("t1", "3", "2026-03-02 14:01", 2).Play();

        end.Quantity("a", "sum").ShouldBe(1);
        end.Quantity("b", "sum").ShouldBe(8);
        end.Entries("a").ShouldStartWith("final 6, reversal -5");
    }

    [Fact]
    public void Merged_accounts_are_one_from_the_date_on()
    {
        var story = new Story().Publish(Sum).Happens("u", "1", "2026-03-02 10:10", 1).Happens("u", "2", "2026-03-02 10:40", 2).Happens("t1", "1", "2026-03-02 14:00", 4);
        var end = story.Publish(Story.Account("b", "cb") with { Version = 2, MergedInto = new AccountMerge { Account = "a", From = Story.At("2026-03-02 10:30") } })
            .Happens("u", "3", "2026-03-02 14:01", 8)
            .Play();

        end.Quantity("b", "sum").ShouldBe(1);
        end.Quantity("a", "sum").ShouldBe(14);
    }

    [Fact]
    public void A_metric_superseded_with_a_past_date_moves_what_it_counted_to_the_new_version()
    {
        var from = Story.At("2026-03-02 10:30");
        var story = new Story().Publish(Sum).Happens("t1", "1", "2026-03-02 10:10", 1).Happens("t1", "2", "2026-03-02 10:40", 2).Happens("t1", "3", "2026-03-02 14:00", 4);
        var end = story.Publish(Sum with { To = from }).Publish(Sum with { Version = 2, From = from, Aggregation = Aggregation.Count })
            .Happens("t1", "4", "2026-03-02 14:01", 8)
            .Play();

        end.Quantity("a", "sum", "2026-03-02 10:00", version: 1).ShouldBe(1);
        end.Quantity("a", "sum", "2026-03-02 10:00", version: 2).ShouldBe(1);
        end.Quantity("a", "sum", "2026-03-02 14:00", version: 1).ShouldBe(0);
        end.Quantity("a", "sum", "2026-03-02 14:00", version: 2).ShouldBe(2);
    }
}
