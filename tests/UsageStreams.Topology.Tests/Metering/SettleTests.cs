using UsageStreams.Model;
using UsageStreams.Topology.Tests.Support;

namespace UsageStreams.Topology.Tests.Metering;

public sealed class SettleTests
{
    private static readonly DateTimeOffset June = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Cause Moved = new() { Kind = CauseKind.Mapping, Reference = "t0@2", Actor = "ann", Reason = "merged" };
    private static readonly Cause Taken = new() { Kind = CauseKind.Retraction, Reference = "r1", Actor = "t0", Reason = "taken back by its producer" };
    private static int _ids;

    [Fact]
    public void What_comes_before_and_after_the_window_closes_is_final_and_late()
    {
        using var run = new SettleRun();
        run.More(Aggregation.Max, "t0", [Use(7)]);
        run.More(Aggregation.Max, "t1", [Use(5)]);
        run.Read().ShouldBeEmpty("the window is open");
        run.Pass(References.Start.AddMinutes(70));
        run.More(Aggregation.Max, "t1", [Use(9)]);

        run.Read().Select(entry => (entry.Kind, entry.Quantity, entry.Total, entry.Count, entry.Revision))
            .ShouldBe([(EntryKind.Final, 7m, 7m, 2L, 1), (EntryKind.Late, 2m, 9m, 1L, 2)]);
    }

    [Fact]
    public void A_window_that_is_first_heard_of_after_its_close_has_its_final_entry_at_once()
    {
        using var run = new SettleRun();
        run.Pass(References.Start.AddHours(5));
        run.More(Aggregation.Count, "t0", [Use(1)]);
        run.More(Aggregation.Count, "t0", [Use(1)]);

        run.Read().Select(entry => entry.Kind).ShouldBe([EntryKind.Final, EntryKind.Late]);
    }

    [Fact]
    public void A_recount_of_a_closed_window_reverses_what_the_tenant_had_and_corrects_to_what_it_has()
    {
        using var run = new SettleRun();
        Sample[] had = [Use(7), Use(2)];
        Sample[] has = [had[1], Use(4)];
        run.More(Aggregation.Sum, "t0", had);
        run.More(Aggregation.Sum, "t1", [Use(1)]);
        run.Pass(References.Start.AddMinutes(70));
        run.Read();

        run.Instead(Aggregation.Sum, "t0", has, Moved);

        var entries = run.Read();
        entries.Select(entry => (entry.Kind, entry.Quantity, entry.Total, entry.Count)).ShouldBe([(EntryKind.Reversal, -9m, 1m, -2L), (EntryKind.Correction, 6m, 7m, 2L)]);
        entries.ShouldAllBe(entry => entry.Cause == Moved && entry.BookedIn == null);
        EventDigest.FromBytes(entries[0].Digest).ShouldBe(EventDigest.None - had[0].Identity - had[1].Identity);
        EventDigest.FromBytes(entries[1].Digest).ShouldBe(has[0].Identity + has[1].Identity);
        entries[0].Sources.ShouldHaveSingleItem().Count.ShouldBe(-2);
    }

    [Theory]
    [InlineData(Aggregation.Sum, -9, 2)]
    [InlineData(Aggregation.Count, -2, 1)]
    [InlineData(Aggregation.TimeWeighted, -8, 1)]
    public void An_event_that_is_taken_out_of_a_closed_window_reverses_what_the_tenant_had_and_corrects_to_what_is_left(Aggregation aggregation, int reversed, int left)
    {
        using var run = new SettleRun();
        // Of the gauge the second holds for half the hour: 0.5 * 14 + 0.5 * 2.
        var (had, second) = (Use(aggregation == Aggregation.TimeWeighted ? 14 : 7), Use(2) with { Time = References.Start.AddMinutes(30).ToUnixTimeMilliseconds() });
        run.More(aggregation, "t0", [had with { Time = References.Start.ToUnixTimeMilliseconds() }, second]);
        run.More(aggregation, "t1", [Use(0)]);
        run.Pass(References.Start.AddMinutes(70));
        run.Read();

        run.TakeOut(aggregation, "t0", [had with { Time = References.Start.ToUnixTimeMilliseconds() }], Taken);

        var entries = run.Read();
        entries.Select(entry => (entry.Kind, entry.Quantity, entry.Count)).ShouldBe([(EntryKind.Reversal, reversed, -2L), (EntryKind.Correction, left, 1L)]);
        entries.ShouldAllBe(entry => entry.Cause == Taken && entry.BookedIn == null);
        EventDigest.FromBytes(entries[0].Digest).ShouldBe(EventDigest.None - had.Identity - second.Identity);
        EventDigest.FromBytes(entries[1].Digest).ShouldBe(second.Identity);
        entries.Select(entry => entry.Sources.ShouldHaveSingleItem().Count).ShouldBe([-2, 1]);
    }

    [Fact]
    public void An_event_that_is_taken_out_of_an_open_window_is_not_in_its_final_entry()
    {
        using var run = new SettleRun();
        var (had, other) = (Use(7), Use(2));
        run.More(Aggregation.Sum, "t0", [had, other]);
        run.TakeOut(Aggregation.Sum, "t0", [had], Taken);
        run.Pass(References.Start.AddMinutes(70));

        run.Read().ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            final => (final.Kind, final.Quantity, final.Count, final.Cause).ShouldBe((EntryKind.Final, 2m, 1L, null)),
            final => final.Sources.ShouldHaveSingleItem().Count.ShouldBe(1));
    }

    [Fact]
    public void What_is_taken_out_after_the_lock_is_an_adjustment_and_the_last_event_leaves_nothing()
    {
        using var run = new SettleRun();
        var (had, other) = (Use(7), Use(2));
        run.More(Aggregation.Sum, "t0", [had, other]);
        run.Pass(References.Start.AddMinutes(70));
        run.Read();

        run.TakeOut(Aggregation.Sum, "t0", [had], Taken, June);
        run.TakeOut(Aggregation.Sum, "t0", [other], Taken, June);

        var entries = run.Read();
        entries.Select(entry => (entry.Kind, entry.Quantity, entry.Total, entry.Count, entry.BookedIn))
            .ShouldBe([(EntryKind.Adjustment, -7m, 2m, -1L, June), (EntryKind.Adjustment, -2m, 0m, -1L, June)]);
        entries.ShouldAllBe(entry => entry.Cause == Taken);
    }

    [Fact]
    public void A_recount_that_finds_nothing_any_more_is_a_reversal_alone_and_one_of_a_new_tenant_a_correction_alone()
    {
        using var run = new SettleRun();
        run.More(Aggregation.Sum, "t0", [Use(7)]);
        run.Pass(References.Start.AddMinutes(70));
        run.Read();

        run.Instead(Aggregation.Sum, "t0", [], Moved);
        run.Instead(Aggregation.Sum, "t1", [Use(3)], Moved);

        run.Read().Select(entry => (entry.Kind, entry.Quantity)).ShouldBe([(EntryKind.Reversal, -7m), (EntryKind.Correction, 3m)]);
    }

    [Fact]
    public void What_was_parked_and_is_driven_again_is_a_correction_alone()
    {
        using var run = new SettleRun();
        var had = Use(7);
        run.More(Aggregation.Sum, "t0", [had]);
        run.Pass(References.Start.AddMinutes(70));
        run.Read();

        run.Instead(Aggregation.Sum, "t0", [had, Use(2)], Moved with { Kind = CauseKind.Redrive });

        var entry = run.Read().ShouldHaveSingleItem();
        (entry.Kind, entry.Quantity, entry.Count).ShouldBe((EntryKind.Correction, 2m, 1L));
    }

    [Fact]
    public void A_recount_of_an_open_window_or_one_that_changes_nothing_writes_nothing()
    {
        using var run = new SettleRun();
        var had = Use(7);
        run.More(Aggregation.Sum, "t0", [had]);
        run.Instead(Aggregation.Sum, "t0", [had, Use(1)], Moved);
        run.Instead(Aggregation.Sum, "t0", [had], Moved);
        run.Read().ShouldBeEmpty();
        run.Pass(References.Start.AddMinutes(70));
        var final = run.Read().ShouldHaveSingleItem();
        (final.Kind, final.Quantity, final.Count).ShouldBe((EntryKind.Final, 7m, 1L));
        EventDigest.FromBytes(final.Digest).ShouldBe(had.Identity);

        run.Instead(Aggregation.Sum, "t0", [had], Moved);
        run.Read().ShouldBeEmpty();
    }

    [Fact]
    public void What_comes_or_is_corrected_after_the_lock_is_one_adjustment_booked_in_the_period_it_comes_in()
    {
        using var run = new SettleRun();
        var had = Use(7);
        run.More(Aggregation.Sum, "t0", [had]);
        run.Pass(References.Start.AddMinutes(70));
        run.Read();

        run.More(Aggregation.Sum, "t0", [Use(2)], bookedIn: June);
        run.Instead(Aggregation.Sum, "t0", [had], Moved, bookedIn: June.AddMonths(1));

        var entries = run.Read();
        entries.Select(entry => (entry.Kind, entry.Quantity, entry.Total, entry.Count, entry.BookedIn))
            .ShouldBe([(EntryKind.Adjustment, 2m, 9m, 1L, June), (EntryKind.Adjustment, -2m, 7m, -1L, June.AddMonths(1))]);
        entries.Select(entry => entry.Cause).ShouldBe([null, Moved]);
        run.Running.ShouldHaveSingleItem().Quantity.ShouldBe(7);
    }

    [Fact]
    public void An_adjustment_of_an_open_window_does_not_wait_and_the_final_entry_holds_what_came_before_the_lock()
    {
        using var run = new SettleRun();
        run.More(Aggregation.Max, "t0", [Use(5)]);
        run.More(Aggregation.Max, "t1", [Use(8)], bookedIn: June);
        run.More(Aggregation.Max, "t2", [Use(6)]);
        run.Pass(References.Start.AddMinutes(70));

        run.Read().Select(entry => (entry.Kind, entry.Quantity)).ShouldBe([(EntryKind.Adjustment, 3m), (EntryKind.Final, 6m), (EntryKind.Adjustment, -1m)]);
    }

    [Fact]
    public void A_member_of_two_tenants_counts_once_until_the_last_of_them_loses_it()
    {
        using var run = new SettleRun();
        run.More(Aggregation.Unique, "t0", [Use(member: "ann"), Use(member: "bob")]);
        run.More(Aggregation.Unique, "t1", [Use(member: "ann")]);
        run.Pass(References.Start.AddMinutes(70));
        run.Instead(Aggregation.Unique, "t0", [], Moved);
        run.Instead(Aggregation.Unique, "t1", [], Moved);

        run.Read().Select(entry => (entry.Kind, entry.Quantity)).ShouldBe([(EntryKind.Final, 2m), (EntryKind.Reversal, -1m), (EntryKind.Reversal, -1m)]);
    }

    [Theory]
    [InlineData(Aggregation.Sum, 7 + 5, 5, 3)]
    [InlineData(Aggregation.Max, 7, 5, 3)]
    [InlineData(Aggregation.Last, 5, 5, 3)]
    public void A_recount_of_one_partition_leaves_what_the_tenant_has_in_another(Aggregation aggregation, decimal before, decimal without, decimal alone)
    {
        using var run = new SettleRun();
        run.More(aggregation, "t0", [Use(7)], partition: 0);
        run.More(aggregation, "t0", [Use(5) with { Time = References.Start.AddMinutes(2).ToUnixTimeMilliseconds() }], partition: 3);
        run.Pass(References.Start.AddMinutes(70));
        run.Read().ShouldHaveSingleItem().Quantity.ShouldBe(before);

        run.Instead(aggregation, "t0", [], Moved, partition: 0);
        run.Read().Sum(entry => entry.Quantity).ShouldBe(without - before);
        run.Instead(aggregation, "t0", [Use(3)], Moved, partition: 3);
        run.Read().Sum(entry => entry.Quantity).ShouldBe(alone - without);
        run.Running.ShouldHaveSingleItem().Quantity.ShouldBe(alone);
    }

    [Fact]
    public void A_member_of_one_tenant_in_two_partitions_counts_once_until_the_last_of_them_loses_it()
    {
        using var run = new SettleRun();
        run.More(Aggregation.Unique, "t0", [Use(member: "ann"), Use(member: "bob")], partition: 0);
        run.More(Aggregation.Unique, "t0", [Use(member: "ann")], partition: 3);
        run.Pass(References.Start.AddMinutes(70));
        run.Instead(Aggregation.Unique, "t0", [], Moved, partition: 0);
        run.Instead(Aggregation.Unique, "t0", [], Moved, partition: 3);

        run.Read().Select(entry => (entry.Kind, entry.Quantity)).ShouldBe([(EntryKind.Final, 2m), (EntryKind.Reversal, -1m), (EntryKind.Reversal, -1m)]);
    }

    [Fact]
    public void An_average_over_time_of_one_tenant_in_two_partitions_is_the_sum_of_both()
    {
        using var run = new SettleRun();
        Sample Half(decimal value) => Use(value) with { Time = References.Start.AddMinutes(30).ToUnixTimeMilliseconds() };
        run.More(Aggregation.TimeWeighted, "t0", [Half(8)], partition: 0);
        run.More(Aggregation.TimeWeighted, "t0", [Half(6)], partition: 3);
        run.Pass(References.Start.AddMinutes(70));

        run.Read().ShouldHaveSingleItem().Quantity.ShouldBe(7);
    }

    [Fact]
    public void An_entry_tells_where_it_comes_from()
    {
        using var run = new SettleRun();
        run.More(Aggregation.Sum, "t0", [Use(7), Use(1)]);
        run.More(Aggregation.Sum, "t1", [Use(1)]);
        run.Pass(References.Start.AddMinutes(70));

        var entry = run.Read().ShouldHaveSingleItem();
        entry.ShouldSatisfyAllConditions(
            () => entry.Id.ShouldBe("a0/C-a0/m.Sum@1/20260517T1000/1"),
            () => entry.Mappings.ShouldBe(["t0@1", "t1@1"]),
            () => entry.ContractVersion.ShouldBe(2),
            () => entry.TopologyVersion.ShouldBe("0.1.0"),
            () => entry.Sources.ShouldHaveSingleItem().ShouldBe(new SourceRange { Topic = "usage.events", Partition = 0, FirstOffset = 0, LastOffset = 2, Count = 3 }));
    }

    [Fact]
    public void A_window_that_is_open_when_its_contract_ends_is_settled_and_locked_like_all_others()
    {
        using var run = new SettleRun(contract: References.Contract("a0") with { To = References.Start.AddMinutes(30) });
        run.More(Aggregation.Sum, "t0", [Use(7)]);
        run.Pass(References.Start.AddMinutes(70));
        run.More(Aggregation.Sum, "t0", [Use(1)]);
        run.More(Aggregation.Sum, "t0", [Use(2)], bookedIn: June);

        run.Read().Select(entry => (entry.Kind, entry.Quantity)).ShouldBe([(EntryKind.Final, 7m), (EntryKind.Late, 1m), (EntryKind.Adjustment, 2m)]);
    }

    [Fact]
    public void A_window_is_forgotten_with_all_it_holds_after_its_retention_and_not_before_the_lock()
    {
        using var run = new SettleRun(retention: TimeSpan.FromDays(2));
        foreach (var aggregation in Enum.GetValues<Aggregation>())
        {
            run.More(aggregation, "t0", [Use(member: "ann"), Use(member: "bob")]);
            run.More(aggregation, "t1", [Use(member: "ann")], bookedIn: June);
        }

        run.Pass(new DateTimeOffset(2026, 6, 5, 23, 0, 0, TimeSpan.Zero));
        var kept = run.Kept;
        kept.ShouldBeGreaterThan(20, "the period is locked on the 6th");
        run.Crash();
        run.Pass(new DateTimeOffset(2026, 6, 6, 2, 0, 0, TimeSpan.Zero));

        run.Kept.ShouldBe(0);
    }

    [Fact]
    public void Retention_counts_where_it_is_longer_than_the_lock()
    {
        using var run = new SettleRun(retention: TimeSpan.FromDays(60));
        run.More(Aggregation.Sum, "t0", [Use(1)]);

        run.Pass(References.Start.AddDays(59));
        run.Kept.ShouldBeGreaterThan(0);
        run.Pass(References.Start.AddDays(60).AddHours(3));
        run.Kept.ShouldBe(0);
    }

    [Fact]
    public void A_window_is_kept_until_what_may_come_at_the_latest_can_be_corrected_no_more()
    {
        using var run = new SettleRun(retention: TimeSpan.FromDays(60), lateness: TimeSpan.FromDays(30));
        run.More(Aggregation.Max, "t0", [Use(5)]);
        run.Pass(References.Start.AddDays(89));
        run.More(Aggregation.Max, "t1", [Use(7)]);

        run.Read().Select(entry => (entry.Kind, entry.Quantity, entry.Revision)).ShouldBe([(EntryKind.Final, 5m, 1), (EntryKind.Late, 2m, 2)]);
        run.Pass(References.Start.AddDays(90).AddHours(3));
        run.Kept.ShouldBe(0);
    }

    [Fact]
    public void A_window_of_a_metric_that_counts_however_late_is_never_forgotten()
    {
        using var run = new SettleRun(retention: TimeSpan.FromDays(2), lateness: TimeSpan.FromMilliseconds(-1));
        run.More(Aggregation.Max, "t0", [Use(5)]);
        run.Pass(References.Start.AddYears(2));
        run.Crash();
        run.More(Aggregation.Max, "t1", [Use(7)]);

        run.Read().Select(entry => (entry.Kind, entry.Quantity, entry.Revision)).ShouldBe([(EntryKind.Final, 5m, 1), (EntryKind.Late, 2m, 2)]);
    }

    [Fact]
    public void A_mark_that_names_a_time_far_ahead_closes_windows_and_forgets_none()
    {
        using var run = new SettleRun(retention: TimeSpan.FromDays(2));
        run.More(Aggregation.Max, "t0", [Use(5)]);
        run.Announce(References.Start.AddYears(50));
        run.More(Aggregation.Max, "t1", [Use(7)]);

        run.Read().Select(entry => (entry.Kind, entry.Quantity, entry.Revision)).ShouldBe([(EntryKind.Final, 5m, 1), (EntryKind.Late, 2m, 2)]);
    }

    private static Sample Use(decimal value = 1, string? member = null) =>
        new(value, member, References.Start.AddMinutes(1).ToUnixTimeMilliseconds(), EventDigest.Of("t", "s", $"{++_ids}"));
}
