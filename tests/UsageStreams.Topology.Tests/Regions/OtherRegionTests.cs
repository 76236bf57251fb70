using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Metering;
using UsageStreams.Topology.Regions;
using UsageStreams.Topology.Tests.Support;

namespace UsageStreams.Topology.Tests.Regions;

/// <summary>Events that came to a region in which their tenant is not at home wait, and a person is told; they are in no ledger.</summary>
public sealed class OtherRegionTests
{
    private static readonly DateTimeOffset Now = References.Start;
    private static readonly Residency Rules = new([new Home("us", [], ["LE-1"]), new Home("eu", ["visitor-*"], ["LE-2"])], Otherwise: null, KeptHome.None);

    [Fact]
    public void Nothing_of_a_tenant_that_is_at_home_elsewhere_is_counted_or_leaves_the_region()
    {
        using var region = new RegionRun("us", InMemoryRegistry.Client(), residency: Rules);
        region.Know("visitor-1");
        region.Use(References.Event(region.Tenant, "1", Now, 5), RecordHeaders.Empty);
        region.Use(References.Event("visitor-1", "1", Now, 7), RecordHeaders.Empty);
        region.Complete(Now.AddHours(8));

        region.Entries.ReadAll().Where(static entry => entry.Value!.Metric == "bytes.out").ShouldHaveSingleItem().Value!.Quantity.ShouldBe(5);
        var exported = region.Exported.ReadAll().Select(static entry => entry.Value!).ToList();
        exported.Where(static entry => entry.Metric == "bytes.out").ShouldHaveSingleItem().Quantity.ShouldBe(5);
        exported.ShouldAllBe(entry => entry.Mappings.All(mapping => mapping.StartsWith(region.Tenant, StringComparison.Ordinal)));
    }

    [Fact]
    public void It_waits_with_a_reason_and_an_exception()
    {
        using var run = Us();
        run.Publish(References.Tenant("visitor-1", "a0"));
        run.Pipe(References.Event("visitor-1", "1", Now), References.Event("visitor-1", "1", Now), References.Event("t0", "1", Now));

        run.Reasons.ShouldBe(new Dictionary<string, long> { ["parked/other-region"] = 1, ["duplicate/same"] = 1, ["ledger/metered"] = 1 }, ignoreOrder: true);
        run.Parked.ShouldHaveSingleItem().Waiting.ShouldHaveSingleItem().Reason.ShouldBe("other-region");
        run.Exceptions.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            told => (told.Tenant, told.Kind, told.Reason, told.Count).ShouldBe(("visitor-1", ExceptionKind.Parked, "other-region", 1L)),
            told => told.Text.ShouldContain("at home in another region"));
    }

    [Fact]
    public void A_tenant_that_turns_out_to_be_at_home_elsewhere_goes_on_waiting()
    {
        using var run = Us();
        run.Publish(References.Account("a1") with { LegalEntity = "LE-2" });
        run.Pipe(References.Event("x", "1", Now));
        run.Reasons.ShouldBe(new Dictionary<string, long> { ["parked/unknown-tenant"] = 1 });

        run.Publish(References.Tenant("x", "a1"));
        run.Recount();

        run.Reasons.ShouldBe(new Dictionary<string, long> { ["parked/other-region"] = 1 });
        run.Counted.ShouldBeEmpty();
        run.Exceptions.Where(static told => told.Count > 0).ShouldHaveSingleItem().Reason.ShouldBe("other-region");
    }

    [Fact]
    public void Of_a_tenant_that_moves_what_was_counted_stays_and_what_comes_waits_until_it_is_back()
    {
        using var run = Us();
        run.Pipe(References.Event("t0", "before", Now, 1));
        run.Publish(References.Account("a0") with { Version = 2, LegalEntity = "LE-2" });
        run.Recount();
        run.Pipe(References.Event("t0", "late", Now.AddMinutes(-1), 2), References.Event("t0", "after", Now.AddMinutes(1), 4));

        run.Counted.Where(static window => window.Key.Metric == "bytes@1").Sum(static window => window.Value).ShouldBe(1 + 2);
        run.Crash();
        run.Recount();
        run.Pipe(References.Event("t0", "later", Now.AddMinutes(2), 8));
        run.Counted.Where(static window => window.Key.Metric == "bytes@1").Sum(static window => window.Value).ShouldBe(1 + 2);
        run.Reasons.ShouldBe(new Dictionary<string, long> { ["ledger/metered"] = 2, ["parked/other-region"] = 2 }, ignoreOrder: true);

        run.Publish(References.Account("a0") with { Version = 3 });
        run.Recount();
        run.Counted.Where(static window => window.Key.Metric == "bytes@1").Sum(static window => window.Value).ShouldBe(1 + 2 + 4 + 8);
        run.Reasons.ShouldBe(new Dictionary<string, long> { ["ledger/metered"] = 4 });
        run.Parked.ShouldBeEmpty();
    }

    [Fact]
    public void Without_a_region_nobody_can_be_at_home_elsewhere() => Should.Throw<ArgumentException>(() =>
        MeteringTopology.Build(new UsageSerdes(InMemoryRegistry.Client(), new UsageTopics()), new MeteringOptions { Residency = Rules })).Message.ShouldContain("no region");

    private static MeterRun Us() => new MeterRun(new MeteringOptions { Residency = Rules }, region: "us").Known();
}
