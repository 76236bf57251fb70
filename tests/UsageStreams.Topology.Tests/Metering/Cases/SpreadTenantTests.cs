using UsageStreams.Model;

namespace UsageStreams.Topology.Tests.Metering.Cases;

/// <summary>A tenant whose producers choose partitions differently: its events stand in two, and each is corrected by itself.</summary>
public sealed class SpreadTenantTests
{
    private static readonly Metric Sum = Story.Metric("sum", Aggregation.Sum);
    private static readonly Metric Users = Story.Metric("users", Aggregation.Unique, "user");

    [Fact]
    public void What_stands_in_both_partitions_is_counted_and_a_member_of_both_once()
    {
        var end = Closed(Begun()).Play();

        end.Quantity("a", "sum", "2026-03-02 10:00").ShouldBe(5 + 2);
        end.Quantity("a", "users", "2026-03-02 10:00").ShouldBe(2);
        end.Exceptions("misplaced/other-partition").ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_event_that_is_taken_back_in_one_partition_leaves_those_of_the_other(bool isAstray)
    {
        var retraction = Story.Event("t1", "r", Story.At("2026-03-02 14:00")) with { Retracts = isAstray ? "astray" : "home" };
        var story = Closed(Begun()).On("2026-03-02 14:00");
        var end = (isAstray ? story.ArrivesAstray(retraction) : story.Arrives(retraction)).Play();

        end.Quantity("a", "sum", "2026-03-02 10:00").ShouldBe(isAstray ? 5 : 2);
        end.Quantity("a", "users", "2026-03-02 10:00").ShouldBe(isAstray ? 2 : 1);
        end.Outcome("t1", "ledger/withdrawn").ShouldBe(1);
        end.Entries("a").ShouldContain(isAstray ? "reversal -2, reversal 0" : "reversal -5");
    }

    [Fact]
    public void A_remapping_takes_both_partitions_along()
    {
        var story = Closed(Begun()).Publish(Story.Tenant("t1", "a", Story.At("2026-03-02 10:00"), "b"));
        var end = Closed(story, day: 3).Play();

        end.Quantity("a", "sum").ShouldBe(0);
        end.Quantity("b", "sum", "2026-03-02 10:00").ShouldBe(5 + 2);
        end.Quantity("b", "users", "2026-03-02 10:00").ShouldBe(2);
    }

    [Fact]
    public void A_mapping_that_comes_later_lets_what_waits_in_both_be_counted()
    {
        var story = new Story(partitions: 2).Publish(Sum).On("2026-03-02 10:10");
        story.Arrives(Story.Event("x", "home", story.Instant, 5)).ArrivesAstray(Story.Event("x", "astray", story.Instant, 2));
        var end = story.On("2026-03-09 10:00").Publish(Story.Tenant("x", "b")).Play();

        end.Quantity("b", "sum", "2026-03-02 10:00").ShouldBe(7);
        end.Outcome("x", "ledger/metered").ShouldBe(2);
        end.Exceptions("parked/unknown-tenant").ShouldBe(0);
    }

    // ann in both partitions, bob in that of the key alone.
    private static Story Begun()
    {
        var story = new Story(partitions: 2).Publish(Sum).Publish(Users).On("2026-03-02 10:10");
        return story
            .Arrives(Story.Event("t1", "home", story.Instant, 5, user: "bob"))
            .Arrives(Story.Event("t1", "member", story.Instant, null, user: "ann"))
            .ArrivesAstray(Story.Event("t1", "astray", story.Instant, 2, user: "ann"));
    }

    // Both partitions are past the window.
    private static Story Closed(Story story, int day = 2)
    {
        story.On($"2026-03-{day:00} 12:00");
        return story.Arrives(Story.Event("t1", $"home-{day}", story.Instant, null)).ArrivesAstray(Story.Event("t1", $"astray-{day}", story.Instant, null));
    }
}
