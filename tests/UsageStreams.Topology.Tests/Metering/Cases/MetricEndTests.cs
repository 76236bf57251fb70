using UsageStreams.Model;

namespace UsageStreams.Topology.Tests.Metering.Cases;

/// <summary>A metric that ends, and has no successor.</summary>
public sealed class MetricEndTests
{
    private static readonly Metric Sum = Story.Metric("sum", Aggregation.Sum);

    [Fact]
    public void An_end_in_the_future_leaves_what_comes_before_and_what_comes_after_it_is_unmetered()
    {
        var end = new Story().Publish(Sum).Happens("t1", "1", "2026-03-02 10:00", 1)
            .Publish(Ended("2026-03-02 12:00"))
            .Happens("t1", "2", "2026-03-02 11:59:59.999", 2).Happens("t1", "3", "2026-03-02 12:00", 4).Happens("t1", "4", "2026-03-02 15:00", 8)
            .Arrives(Story.Event("t1", "5", Story.At("2026-03-02 11:30"), 16))
            .Play();

        end.Quantity("a", "sum").ShouldBe(19);
        end.Running("a/sum/20260301").ShouldBe(19);
        end.Causes("a").ShouldBeEmpty();
        (end.Outcome("t1", "ledger/metered"), end.Outcome("t1", "ledger/unmetered"), end.Outcome("t1", "parked/unknown-event-type")).ShouldBe((3, 2, 0));
    }

    [Fact]
    public void An_end_in_the_past_reverses_what_was_counted_from_it_on()
    {
        var end = new Story().Publish(Sum)
            .Happens("t1", "1", "2026-03-02 10:10", 1).Happens("t1", "2", "2026-03-02 11:10", 2).Happens("t2", "1", "2026-03-02 11:20", 4).Happens("t1", "3", "2026-03-02 14:00", 8)
            .Publish(Ended("2026-03-02 11:00"))
            .Happens("t1", "4", "2026-03-02 14:01", 16)
            .Play();

        (end.Quantity("a", "sum", "2026-03-02 10:00"), end.Quantity("a", "sum")).ShouldBe((1, 1));
        end.Running("a/sum/20260301").ShouldBe(1);
        end.Entries("a").ShouldStartWith("final 1, final 6, reversal ");
        end.Causes("a").ShouldBe(["Metric sum@1 finance: nobody pays for it"]);
        (end.Outcome("t1", "ledger/metered"), end.Outcome("t1", "ledger/unmetered"), end.Outcome("t2", "ledger/unmetered")).ShouldBe((1, 3, 1));
    }

    [Fact]
    public void An_end_in_the_middle_of_a_window_leaves_what_the_window_had_before()
    {
        var end = new Story().Publish(Sum)
            .Happens("t1", "1", "2026-03-02 10:10", 1).Happens("t1", "2", "2026-03-02 10:40", 2).Happens("t1", "3", "2026-03-02 14:00", 4)
            .Publish(Ended("2026-03-02 10:30"))
            .Happens("t1", "4", "2026-03-02 14:01", 8)
            .Play();

        end.Quantity("a", "sum").ShouldBe(1);
        end.Entries("a").ShouldStartWith("final 3, reversal -3, correction 1");
    }

    [Fact]
    public void An_end_in_a_period_that_is_locked_becomes_an_adjustment()
    {
        var end = new Story().Publish(Sum).Happens("t1", "1", "2026-03-31 10:00", 5).Happens("t1", "2", "2026-04-01 10:00", 1)
            .On("2026-04-08 00:00").Publish(Ended("2026-03-31 00:00"))
            .Happens("t1", "3", "2026-04-08 00:01", 2)
            .Play();

        end.Quantity("a", "sum").ShouldBe(0);
        end.Entries("a").ShouldBe("final 5, final 1, adjustment -5, reversal -1", StringCompareShould.IgnoreCase);
        end.Causes("a").ShouldBe(["Metric sum@1 finance: nobody pays for it"]);
    }

    [Fact]
    public void An_end_that_is_taken_back_counts_what_came_meanwhile()
    {
        var end = new Story().Publish(Sum).Happens("t1", "1", "2026-03-02 10:10", 1)
            .Publish(Ended("2026-03-02 10:00"))
            .Happens("t1", "2", "2026-03-02 12:10", 2).Happens("t1", "3", "2026-03-02 15:00", 4)
            .Publish(Sum)
            .Happens("t1", "4", "2026-03-02 15:01", 8)
            .Play();

        end.Quantity("a", "sum").ShouldBe(15);
        (end.Outcome("t1", "ledger/metered"), end.Outcome("t1", "ledger/unmetered")).ShouldBe((4, 0));
    }

    [Fact]
    public void A_successor_that_comes_after_a_gap_counts_from_its_own_start()
    {
        var end = new Story().Publish(Sum).Publish(Ended("2026-03-02 11:00"))
            .Happens("t1", "1", "2026-03-02 10:10", 1).Happens("t1", "2", "2026-03-02 11:10", 2).Happens("t1", "3", "2026-03-02 12:10", 4)
            .Publish(Sum with { Version = 2, From = Story.At("2026-03-02 12:00") })
            .Happens("t1", "4", "2026-03-02 12:11", 8)
            .Play();

        (end.Quantity("a", "sum", "2026-03-02 10:00", version: 1), end.Quantity("a", "sum", "2026-03-02 12:00", version: 2), end.Quantity("a", "sum")).ShouldBe((1, 12, 13));
        end.Outcome("t1", "ledger/unmetered").ShouldBe(1);
    }

    private static Metric Ended(string at) => Sum with { To = Story.At(at), Actor = "finance", Reason = "nobody pays for it" };
}
