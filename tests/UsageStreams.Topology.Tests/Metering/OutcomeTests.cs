using UsageStreams.Model;
using UsageStreams.Topology.Metering;
using UsageStreams.Topology.Tests.Support;

namespace UsageStreams.Topology.Tests.Metering;

/// <summary>Each event ends in exactly one place, for one reason.</summary>
public sealed class OutcomeTests
{
    private static readonly DateTimeOffset Now = References.Start;

    public static TheoryData<string> Reasons { get; } =
    [
        "ledger/metered", "ledger/unmetered", "ledger/correction", "ledger/withdrawn", "duplicate/same", "rejected/id-conflict", "rejected/future-event",
        "rejected/key-mismatch", "rejected/retracts-and-amends", "late-rejected/too-late", "parked/unknown-tenant", "parked/no-contract", "parked/unknown-product",
        "parked/unknown-event-type",
    ];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void An_event_ends_for_its_reason_and_all_reasons_add_up(string reason)
    {
        using var run = new MeterRun();
        run.Known();
        run.Publish(MeterRun.Calls with { Filter = "properties.status != \"404\"" }, MeterRun.Bytes with { Filter = "properties.status != \"404\"" });
        run.Publish(References.Contract("a1") with { To = Now.AddYears(-1) });
        run.Publish(References.Tenant("t1", "a1"));
        run.Publish(new Product { Id = "site", Name = "Site", Skus = [] });
        run.Pipe(References.Event("t0", "first", Now));

        Cause(run, reason);

        var outcomes = run.Outcomes;
        outcomes.Reasons.Keys.ShouldContain(reason);
        outcomes.Reasons.Values.Sum().ShouldBe(outcomes.Read);
        (outcomes.Counted + outcomes.Duplicate + outcomes.Rejected + outcomes.Parked + outcomes.LateRejected).ShouldBe(outcomes.Read);
        var wanted = reason.StartsWith("ledger/", StringComparison.Ordinal) || reason == "duplicate/same" || reason == "ledger/correction" ? 0 : 1;
        run.Exceptions.Count(exception => exception.Count > 0).ShouldBe(wanted);
    }

    [Fact]
    public void Tenant_source_and_id_are_told_apart_however_they_are_cut()
    {
        using var run = new MeterRun().Known();
        run.Publish(References.Tenant("a-b", "a0"), References.Tenant("a", "a0"));
        run.Pipe(References.Event("a-b", "1", Now) with { Source = "c" }, References.Event("a", "1", Now) with { Source = "b-c" });

        run.Reasons["ledger/metered"].ShouldBe(2);
    }

    [Fact]
    public void A_repetition_on_day_44_9_is_a_duplicate()
    {
        using var run = new MeterRun().Known();
        var usage = References.Event("t0", "1", Now);
        run.Pipe(usage);
        run.Wait(TimeSpan.FromDays(44.9));
        run.Pipe(usage);

        run.Reasons["duplicate/same"].ShouldBe(1);
    }

    [Fact]
    public void A_repetition_on_day_45_1_is_too_late_for_every_metric()
    {
        using var run = new MeterRun().Known();
        var usage = References.Event("t0", "1", Now);
        run.Pipe(usage);
        run.Wait(TimeSpan.FromDays(45.1));
        run.Pipe(usage);

        run.Reasons["late-rejected/too-late"].ShouldBe(1);
        run.Counted.Values.Sum().ShouldBe(2, "one call, one byte");
    }

    [Fact]
    public void What_was_seen_is_known_after_a_crash()
    {
        using var run = new MeterRun().Known();
        run.Pipe(References.Event("t0", "1", Now));
        run.Crash();
        run.Pipe(References.Event("t0", "1", Now), References.Event("t0", "1", Now, quantity: 2));

        run.Reasons.ShouldBe(new Dictionary<string, long> { ["ledger/metered"] = 1, ["duplicate/same"] = 1, ["rejected/id-conflict"] = 1 }, ignoreOrder: true);
    }

    [Fact]
    public void A_metric_that_allows_less_lateness_leaves_an_event_to_the_others()
    {
        using var run = new MeterRun().Known();
        run.Publish(MeterRun.Bytes with { LatenessMillis = 60_000 });
        run.Pipe(References.Event("t0", "1", Now.AddMinutes(-1)), References.Event("t0", "2", Now.AddMinutes(-1).AddMilliseconds(-1), quantity: 5));

        run.Counted.ShouldBe(new Dictionary<(string, string, string, string), decimal> { [("t0", "a0", "calls@1", "1709")] = 2, [("t0", "a0", "bytes@1", "1709")] = 1 }, ignoreOrder: true);
        run.Exceptions.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            exception => exception.Kind.ShouldBe(ExceptionKind.PartlyLate),
            exception => exception.Reason.ShouldBe("bytes"),
            exception => exception.Count.ShouldBe(1));
    }

    [Fact]
    public void An_event_of_years_ago_is_counted_where_lateness_is_unlimited()
    {
        using var run = new MeterRun().Known();
        run.Publish(MeterRun.Bytes with { LatenessMillis = Metric.AnyLateness });
        run.Pipe(References.Event("t0", "1", Now.AddYears(-10)));

        run.Reasons["ledger/metered"].ShouldBe(1);
        run.Counted.Keys.ShouldHaveSingleItem().Metric.ShouldBe("bytes@1");
    }

    [Fact]
    public void An_exception_has_an_owner_and_is_due()
    {
        var policy = new ExceptionPolicy { Parked = new ServiceLevel(TimeSpan.FromHours(4), "ops") };
        using var run = new MeterRun(new MeteringOptions { Exceptions = policy }).Known();
        run.Pipe(References.Event("x", "1", Now.AddMinutes(-5)));
        run.Wait(TimeSpan.FromMinutes(1));
        run.Pipe(References.Event("x", "2", Now.AddMinutes(-7)));

        run.Exceptions.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            exception => exception.Id.ShouldBe("0/parked/unknown-tenant/x"),
            exception => exception.Owner.ShouldBe("ops"),
            exception => exception.Opened.ShouldBe(Now),
            exception => exception.Due.ShouldBe(Now.AddHours(4)),
            exception => exception.Oldest.ShouldBe(Now.AddMinutes(-7)),
            exception => (exception.Count, exception.Total, exception.FirstOffset, exception.LastOffset).ShouldBe((2, 2, 0, 1)));
    }

    private static void Cause(MeterRun run, string reason)
    {
        var usage = References.Event("t0", "1", Now);
        switch (reason)
        {
            case "ledger/metered": run.Pipe(usage); break;
            case "ledger/unmetered": run.Pipe(References.Event("t0", "1", Now, status: "404")); break;
            case "ledger/correction": run.Pipe(usage with { Retracts = "first" }); break;
            case "ledger/withdrawn": run.Pipe(usage with { Retracts = "2" }, usage with { Id = "2" }); break;
            case "duplicate/same": run.Pipe(usage, usage); break;
            case "rejected/id-conflict": run.Pipe(usage, usage with { Time = Now.AddSeconds(1) }); break;
            case "rejected/future-event": run.Pipe(usage with { Time = Now.AddHours(1).AddMilliseconds(1) }); break;
            case "rejected/key-mismatch": run.PipeRaw("t1", usage); break;
            case "rejected/retracts-and-amends": run.Pipe(usage with { Retracts = "2", Amends = "3" }); break;
            case "late-rejected/too-late": run.Pipe(usage with { Time = Now.AddDays(-44).AddMilliseconds(-1) }); break;
            case "parked/unknown-tenant": run.Pipe(usage with { Tenant = "x" }); break;
            case "parked/no-contract": run.Pipe(usage with { Tenant = "t1" }); break;
            case "parked/unknown-product": run.Pipe(usage with { Product = "other" }); break;
            case "parked/unknown-event-type": run.Pipe(usage with { Type = "other" }); break;
            default: throw new ArgumentOutOfRangeException(nameof(reason), reason, "Nothing causes it.");
        }
    }
}
