using UsageStreams.Model;
using UsageStreams.Topology.Metering;
using UsageStreams.Topology.Tests.Support;

namespace UsageStreams.Topology.Tests.Metering;

/// <summary>The past is corrected when reference data or producers change it.</summary>
public sealed class RecountTests
{
    private static readonly DateTimeOffset Now = References.Start;

    [Fact]
    public void Parked_events_are_counted_once_and_in_event_order_when_their_mapping_arrives()
    {
        using var run = new MeterRun().Known();
        run.Pipe(References.Event("x", "1", Now, 1), References.Event("x", "2", Now.AddHours(-3), 2), References.Event("x", "3", Now.AddHours(-1), 4), References.Event("x", "1", Now, 1));
        run.Reasons["parked/unknown-tenant"].ShouldBe(3);

        run.Publish(References.Tenant("x", "a1") with { Version = 7, Actor = "ann", Reason = "sold" });
        run.Recount();

        run.Counted.Where(window => window.Key.Metric == "bytes@1").ShouldBe(
            [new(("x", "a1", "bytes@1", "1707"), 2), new(("x", "a1", "bytes@1", "1709"), 4), new(("x", "a1", "bytes@1", "1710"), 1)]);
        run.Reasons.ShouldBe(new Dictionary<string, long> { ["ledger/metered"] = 3, ["duplicate/same"] = 1 }, ignoreOrder: true);
        run.Parked.ShouldBeEmpty();
        run.Exceptions.ShouldHaveSingleItem().ShouldSatisfyAllConditions(exception => exception.Count.ShouldBe(0), exception => exception.Total.ShouldBe(3));
        run.Sent.ShouldAllBe(sent => sent.Partial.IsInstead && sent.Partial.Cause == new Cause { Kind = CauseKind.Mapping, Reference = "x@7", Actor = "ann", Reason = "sold" });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_crash_between_any_two_steps_changes_nothing(int looksBefore)
    {
        using var run = new MeterRun(new MeteringOptions { RecountSlice = 1 }, commitAfterEachRecord: false).Known();
        run.Pipe(References.Event("x", "1", Now, 1), References.Event("x", "2", Now, 2), References.Event("t0", "1", Now, 8));
        run.Commit();
        run.Publish(References.Tenant("x", "a1"));
        run.Recount(looksBefore);
        run.Pipe(References.Event("x", "3", Now, 4));

        run.Crash();
        run.Recount(20);
        run.Commit();

        run.Counted.Where(window => window.Key.Metric == "bytes@1").ShouldBe([new(("t0", "a0", "bytes@1", "1710"), 8), new(("x", "a1", "bytes@1", "1710"), 7)], ignoreOrder: true);
        run.Reasons.ShouldBe(new Dictionary<string, long> { ["ledger/metered"] = 4 });
    }

    [Fact]
    public void What_comes_while_the_past_is_read_is_counted_once()
    {
        using var run = new MeterRun(new MeteringOptions { RecountSlice = 1 }, commitAfterEachRecord: false).Known();
        run.Pipe(References.Event("x", "0", Now, 1), References.Event("t0", "0", Now, 1));
        run.Publish(References.Tenant("x", "a1"), Moved("t0", Now.AddHours(-1)));
        for (var i = 1; i < 40; i++)
        {
            run.Pipe(References.Event("x", $"{i}", Now.AddSeconds(i), 1), References.Event("t0", $"{i}", Now.AddSeconds(i), 1));
            run.Recount(1);
            if (i % 3 == 0) run.Commit();
        }

        run.Recount(100);
        run.Pipe(References.Event("x", "last", Now, 1), References.Event("t0", "last", Now, 1));
        run.Commit();

        run.Counted.Where(window => window.Key.Metric == "bytes@1").ShouldBe([new(("x", "a1", "bytes@1", "1710"), 41), new(("t0", "a1", "bytes@1", "1710"), 41)], ignoreOrder: true);
        run.Reasons.ShouldBe(new Dictionary<string, long> { ["ledger/metered"] = 82 });
    }

    [Fact]
    public void A_tenant_that_moved_in_the_middle_of_a_window_is_counted_by_both_accounts()
    {
        using var run = new MeterRun().Known();
        run.Pipe(
            References.Event("t0", "1", Now.AddMinutes(-70), 1), References.Event("t0", "2", Now.AddMinutes(-31), 2),
            References.Event("t0", "3", Now.AddMinutes(-30), 4), References.Event("t0", "4", Now, 8));
        run.Recount();
        var before = run.Counted;

        run.Publish(Moved("t0", Now.AddMinutes(-30)));
        run.Recount();

        run.Counted.Where(window => window.Key.Metric == "bytes@1").ShouldBe(
            [
                new(("t0", "a0", "bytes@1", "1708"), 1), new(("t0", "a0", "bytes@1", "1709"), 2), new(("t0", "a1", "bytes@1", "1709"), 4),
                new(("t0", "a1", "bytes@1", "1710"), 8),
            ],
            ignoreOrder: true);
        before.Count.ShouldBe(6);
        run.Sent.Where(sent => sent.Partial.IsInstead).ShouldAllBe(sent => sent.Partial.Cause!.Reference == "t0@2" && sent.Key.Window.Start >= Now.AddHours(-1).ToUnixTimeMilliseconds());
    }

    [Fact]
    public void A_metric_superseded_with_a_past_date_takes_usage_over()
    {
        using var run = new MeterRun().Known();
        run.Pipe(References.Event("t0", "1", Now.AddHours(-2), 1), References.Event("t0", "2", Now, 2, status: "500"), References.Event("t0", "3", Now, 4));
        run.Recount();

        var change = Now.AddHours(-1);
        run.Publish(MeterRun.Bytes with { To = change }, MeterRun.Bytes with { Version = 2, From = change, Filter = "properties.status != \"500\"", Actor = "ann", Reason = "errors are free" });
        run.Recount();

        run.Counted.Where(window => window.Key.Metric.StartsWith("bytes", StringComparison.Ordinal)).ShouldBe(
            [new(("t0", "a0", "bytes@1", "1708"), 1), new(("t0", "a0", "bytes@2", "1710"), 4)], ignoreOrder: true);
        var instead = run.Sent.Where(sent => sent.Partial.IsInstead).ToList();
        instead.Count.ShouldBe(2, "one window lost its usage, another has it now");
        instead.ShouldAllBe(sent => sent.Partial.Cause!.Kind == CauseKind.Metric);
        run.Reasons.ShouldBe(new Dictionary<string, long> { ["ledger/metered"] = 3 });
    }

    [Fact]
    public void Events_of_a_type_that_no_metric_knew_are_counted_by_the_metric_that_comes()
    {
        using var run = new MeterRun().Known();
        run.Pipe(References.Event("t0", "1", Now, 3) with { Type = "disk" });
        run.Recount();
        run.Publish(MeterRun.Metric("disk", Aggregation.Sum) with { EventTypes = ["disk"] });
        run.Recount();

        run.Counted.ShouldBe([new(("t0", "a0", "disk@1", "1710"), 3)]);
        run.Parked.ShouldBeEmpty();
    }

    [Fact]
    public void An_event_is_taken_back_by_one_that_comes_later()
    {
        using var run = new MeterRun().Known();
        run.Pipe(References.Event("t0", "1", Now, 1), References.Event("t0", "2", Now, 2), References.Event("t0", "3", Now, 100) with { Retracts = "1" });
        run.Recount();

        run.Counted.ShouldBe([new(("t0", "a0", "calls@1", "1710"), 1), new(("t0", "a0", "bytes@1", "1710"), 2)], ignoreOrder: true);
        run.Sent.ShouldAllBe(sent => !sent.Partial.IsInstead, "sums and counts don't ask for a recount");
        var taken = run.Sent.Select(sent => sent.Partial.TakenOut).OfType<TakenOut>().ToList();
        taken.Count.ShouldBe(2);
        taken.ShouldAllBe(one => one.Cause.Kind == CauseKind.Retraction && one.Cause.Reference == "3" && one.Contribution.Lineage.Count == 1);
        run.Reasons.ShouldBe(new Dictionary<string, long> { ["ledger/metered"] = 1, ["ledger/correction"] = 1, ["ledger/withdrawn"] = 1 }, ignoreOrder: true);
        run.Exceptions.ShouldBeEmpty();
    }

    [Fact]
    public void An_event_that_was_taken_back_before_it_came_is_never_counted()
    {
        using var run = new MeterRun().Known();
        run.Pipe(References.Event("t0", "3", Now) with { Retracts = "1" });
        run.Exceptions.ShouldHaveSingleItem().ShouldSatisfyAllConditions(e => e.Kind.ShouldBe(ExceptionKind.UnmatchedWithdrawal), e => e.Count.ShouldBe(1));
        run.Crash();

        run.Pipe(References.Event("t0", "1", Now), References.Event("t0", "2", Now) with { Source = "other" });
        run.Recount();

        run.Counted[("t0", "a0", "calls@1", "1710")].ShouldBe(1);
        run.Exceptions.ShouldHaveSingleItem().Count.ShouldBe(0);
        run.Reasons.ShouldBe(new Dictionary<string, long> { ["ledger/metered"] = 1, ["ledger/correction"] = 1, ["ledger/withdrawn"] = 1 }, ignoreOrder: true);
    }

    [Fact]
    public void An_amendment_takes_the_place_of_its_event_even_in_another_window()
    {
        using var run = new MeterRun().Known();
        run.Pipe(References.Event("t0", "1", Now.AddHours(-2), 1), References.Event("t0", "2", Now.AddHours(-1), 5) with { Amends = "1" });
        run.Recount();

        run.Counted.Where(window => window.Key.Metric == "bytes@1").ShouldBe([new(("t0", "a0", "bytes@1", "1709"), 5)]);
        run.Sent.Select(sent => sent.Partial.TakenOut).OfType<TakenOut>().ToList().ShouldSatisfyAllConditions(
            taken => taken.Count.ShouldBe(2), taken => taken.ShouldAllBe(one => one.Cause.Kind == CauseKind.Amendment));
    }

    [Fact]
    public void Where_one_metric_depends_on_the_other_events_its_windows_are_recounted_for_all()
    {
        using var run = new MeterRun().Known();
        run.Publish(MeterRun.Metric("most", Aggregation.Max));
        run.Pipe(References.Event("t0", "1", Now, 7), References.Event("t0", "2", Now, 2), References.Event("t0", "3", Now) with { Retracts = "1" });
        run.Recount();

        run.Counted.ShouldBe([new(("t0", "a0", "calls@1", "1710"), 1), new(("t0", "a0", "bytes@1", "1710"), 2), new(("t0", "a0", "most@1", "1710"), 2)], ignoreOrder: true);
        run.Sent.ShouldAllBe(sent => sent.Partial.TakenOut == null);
        run.Sent.Where(sent => sent.Partial.IsInstead).ShouldAllBe(sent => sent.Partial.Cause!.Kind == CauseKind.Retraction && sent.Partial.Cause.Reference == "3");
    }

    [Fact]
    public void What_is_taken_back_is_read_alone_and_not_what_came_after_it()
    {
        // One record in each look.
        using var run = new MeterRun(new MeteringOptions { RecountSlice = 1 }).Known();
        run.Pipe([.. Enumerable.Range(0, 400).Select(i => References.Event("t0", $"{i}", Now, 1))]);
        run.Pipe(References.Event("t0", "r1", Now) with { Retracts = "7" }, References.Event("t0", "r2", Now) with { Retracts = "3" }, References.Event("t0", "r3", Now, 5) with { Amends = "5" });
        run.Recount(looks: 6);

        run.Counted[("t0", "a0", "bytes@1", "1710")].ShouldBe(402);
        run.Reasons.ShouldBe(new Dictionary<string, long> { ["ledger/metered"] = 398, ["ledger/correction"] = 2, ["ledger/withdrawn"] = 3 }, ignoreOrder: true);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_crash_while_events_are_taken_out_changes_nothing(int looksBefore)
    {
        using var run = new MeterRun(new MeteringOptions { RecountSlice = 1 }, commitAfterEachRecord: false).Known();
        run.Pipe(References.Event("t0", "1", Now, 1), References.Event("t0", "2", Now, 2), References.Event("t0", "3", Now, 4));
        run.Commit();
        run.Pipe(References.Event("t0", "r1", Now) with { Retracts = "1" }, References.Event("t0", "r2", Now) with { Retracts = "2" });
        run.Commit();
        run.Recount(looksBefore);
        run.Pipe(References.Event("t0", "4", Now, 8));

        run.Crash();
        run.Recount(20);
        run.Commit();

        run.Counted[("t0", "a0", "bytes@1", "1710")].ShouldBe(12);
        run.Reasons.ShouldBe(new Dictionary<string, long> { ["ledger/metered"] = 2, ["ledger/correction"] = 2, ["ledger/withdrawn"] = 2 }, ignoreOrder: true);
    }

    [Fact]
    public void What_is_taken_back_beyond_the_reach_of_recounts_stays_and_is_told()
    {
        using var run = new MeterRun(new MeteringOptions { DedupWindow = TimeSpan.FromDays(10) }).Known();
        run.Pipe(References.Event("t0", "first", Now, 1));
        run.Wait(TimeSpan.FromDays(2));
        run.Pipe(References.Event("t0", "old", Now.AddDays(1), 2));
        run.Wait(TimeSpan.FromDays(9));
        run.Pipe(References.Event("t0", "r", Now.AddDays(11)) with { Retracts = "old" });
        run.Recount();

        run.Counted[("t0", "a0", "bytes@1", "1810")].ShouldBe(2);
        run.Exceptions.ShouldHaveSingleItem().Kind.ShouldBe(ExceptionKind.BeyondRecount);
    }

    [Fact]
    public void An_event_that_is_taken_out_after_the_lock_is_booked_in_the_period_it_is_done_in()
    {
        using var run = new MeterRun().Known();
        run.Pipe(References.Event("t0", "1", Now, 1));
        run.Wait(TimeSpan.FromDays(30));
        run.Pipe(References.Event("t0", "r", Now.AddDays(30)) with { Retracts = "1" });
        run.Recount();

        _ = run.Counted;
        run.Sent.Where(sent => sent.Partial.TakenOut is not null).Select(sent => sent.Key.BookedIn).Distinct().ShouldHaveSingleItem()
            .ShouldBe(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds());
    }

    [Fact]
    public void A_parked_event_that_is_taken_back_waits_no_longer()
    {
        using var run = new MeterRun().Known();
        run.Pipe(References.Event("x", "1", Now), References.Event("x", "2", Now) with { Retracts = "1" });
        run.Recount();

        run.Parked.ShouldBeEmpty();
        run.Exceptions.ShouldHaveSingleItem().Count.ShouldBe(0);
        run.Reasons.ShouldBe(new Dictionary<string, long> { ["ledger/correction"] = 1, ["ledger/withdrawn"] = 1 }, ignoreOrder: true);
    }

    [Fact]
    public void A_contract_that_ends_while_a_window_is_open_counts_what_was_before_its_end()
    {
        using var run = new MeterRun().Known();
        run.Pipe(References.Event("t0", "1", Now.AddMinutes(10), 1), References.Event("t0", "2", Now.AddMinutes(40), 2));
        run.Recount();

        run.Publish(References.Contract("a0") with { To = Now.AddMinutes(30), Version = 2, Actor = "ann", Reason = "cancelled" });
        run.Recount();
        run.Pipe(References.Event("t0", "3", Now.AddMinutes(50), 4));

        run.Counted.Where(window => window.Key.Metric == "bytes@1").ShouldBe([new(("t0", "a0", "bytes@1", "1710"), 1)]);
        run.Reasons["parked/no-contract"].ShouldBe(2);
        run.Parked.ShouldHaveSingleItem().Waiting.ShouldHaveSingleItem().ShouldSatisfyAllConditions(w => w.Count.ShouldBe(2), w => (w.FirstOffset, w.LastOffset).ShouldBe((1, 2)));
        run.Sent.Where(sent => sent.Partial.IsInstead).ShouldAllBe(sent => sent.Partial.Cause == new Cause { Kind = CauseKind.Contract, Reference = "C-a0@2", Actor = "ann", Reason = "cancelled" });
    }

    [Fact]
    public void A_mapping_that_is_taken_away_parks_what_was_counted()
    {
        using var run = new MeterRun().Known();
        run.Pipe(References.Event("t0", "1", Now, 1));
        run.Recount();
        run.Publish(References.Tenant("t0", "a0") with { Assignments = [], Version = 2 });
        run.Recount();

        run.Counted.ShouldBeEmpty();
        run.Parked.ShouldHaveSingleItem().Waiting.ShouldHaveSingleItem().Count.ShouldBe(1);
        run.Exceptions.ShouldHaveSingleItem().Count.ShouldBe(1);
    }

    [Fact]
    public void A_product_that_is_sold_later_on_counts_what_waited_for_it()
    {
        using var run = new MeterRun().Known();
        run.Publish(new Product { Id = "other", Name = "Other", Skus = [] });
        run.Pipe(References.Event("t0", "1", Now, 1));
        run.Reasons["parked/unknown-product"].ShouldBe(1);

        run.Publish(new Product { Id = "site", Name = "Site", Skus = [new SkuMapping { From = Now, Sku = "S" }] });
        run.Recount();

        run.Counted.Count.ShouldBe(2);
        run.Parked.ShouldBeEmpty();
    }

    [Fact]
    public void What_lies_further_back_than_events_are_read_again_stays_and_is_told()
    {
        using var run = new MeterRun(new MeteringOptions { DedupWindow = TimeSpan.FromDays(10) }).Known();
        run.Pipe(References.Event("t0", "old", Now, 1));
        run.Wait(TimeSpan.FromDays(12));
        run.Pipe(References.Event("t0", "new", Now.AddDays(12), 2));
        run.Publish(Moved("t0", Now.AddDays(-1)));
        run.Recount();

        run.Counted.Where(window => window.Key.Metric == "bytes@1").ShouldBe([new(("t0", "a0", "bytes@1", "1710"), 1), new(("t0", "a1", "bytes@1", "2910"), 2)], ignoreOrder: true);
        run.Exceptions.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            exception => exception.Kind.ShouldBe(ExceptionKind.BeyondRecount),
            exception => exception.Text.ShouldContain("2026-05-19T11:00"));
    }

    [Theory]
    [InlineData(false, 20, 0)]
    [InlineData(false, 40, 2)]
    [InlineData(true, 20, 2)]
    public void A_task_that_has_just_begun_waits_for_a_record_that_says_where_in_time_it_is_but_not_for_long(bool comes, int looks, int counted)
    {
        using var run = new MeterRun(commitAfterEachRecord: false).Known();
        run.Pipe(References.Event("x", "1", Now, 2));
        run.Commit();
        run.Publish(References.Tenant("x", "a1"));
        run.Crash();
        if (comes) run.Pipe(References.Event("t0", "1", Now, 1));
        run.Recount(looks);
        run.Commit();

        run.Counted.GetValueOrDefault(("x", "a1", "bytes@1", "1710")).ShouldBe(counted);
    }

    [Fact]
    public void A_partition_that_was_quiet_reaches_back_no_further_than_those_that_went_on()
    {
        using var run = new MeterRun(new MeteringOptions { DedupWindow = TimeSpan.FromDays(10) }).Known();
        run.Pipe(References.Event("t0", "old", Now, 1));
        run.Recount(looks: 1);
        run.Wait(TimeSpan.FromDays(12));
        run.Publish(Moved("t0", Now.AddDays(-1)));
        run.Recount();

        run.Counted.Where(window => window.Key.Metric == "bytes@1").ShouldBe([new(("t0", "a0", "bytes@1", "1710"), 1)]);
        run.Exceptions.ShouldHaveSingleItem().Kind.ShouldBe(ExceptionKind.BeyondRecount);
    }

    [Fact]
    public void A_recount_after_the_lock_is_booked_in_the_period_it_is_done_in()
    {
        using var run = new MeterRun().Known();
        run.Pipe(References.Event("t0", "1", Now, 1));
        run.Wait(TimeSpan.FromDays(30));
        run.Publish(Moved("t0", Now.AddDays(-1)));
        run.Recount();

        _ = run.Counted;
        run.Sent.Where(sent => sent.Partial.IsInstead).Select(sent => sent.Key.BookedIn).Distinct().ShouldHaveSingleItem()
            .ShouldBe(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds());
        run.Sent.Where(sent => !sent.Partial.IsInstead).ShouldAllBe(sent => sent.Key.BookedIn == null);
    }

    [Fact]
    public void A_redrive_reads_the_past_and_changes_nothing_that_is_right()
    {
        using var run = new MeterRun().Known();
        run.Pipe(References.Event("x", "1", Now), References.Event("t0", "1", Now));
        var exception = run.Exceptions.ShouldHaveSingleItem();
        var before = run.Outcomes;

        run.Publish(new ExceptionView(exception, []).Decide(ExceptionAction.Redrive, "ann", Now, "mapped by hand"));
        run.Recount();
        run.Crash();
        run.Recount();

        run.Outcomes.Reasons.ShouldBe(before.Reasons, ignoreOrder: true);
        _ = run.Counted;
        run.Sent.ShouldAllBe(sent => !sent.Partial.IsInstead);
    }

    private static Tenant Moved(string tenant, DateTimeOffset from) => References.Tenant(tenant, "a0") with
    {
        Version = 2,
        Assignments = [new TenantAssignment { From = DateTimeOffset.UnixEpoch, To = from, Account = "a0" }, new TenantAssignment { From = from, Account = "a1" }],
    };
}
