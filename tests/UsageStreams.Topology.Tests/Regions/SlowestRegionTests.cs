using UsageStreams.Topology.Billing;
using UsageStreams.Topology.Regions;
using UsageStreams.Topology.Tests.Support;

namespace UsageStreams.Topology.Tests.Regions;

public sealed class SlowestRegionTests
{
    private static readonly DateTimeOffset June = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Billing_waits_for_the_slowest_region_also_for_one_that_was_only_announced()
    {
        using var run = new LedgerRun(static serdes => BillingTopology.Build(serdes, new ApprovalPolicy()));
        foreach (var region in (string[])["eu", "us"])
        {
            for (var partition = 0; partition < 2; partition++) run.Pass(DateTimeOffset.UnixEpoch, Task(region, partition));
        }

        run.Use("api.calls", 13, References.Start);

        run.Pass(June.AddDays(3), Task("eu", 0));
        run.Pass(June.AddDays(3), Task("eu", 1));
        run.Pass(June.AddDays(3), Task("us", 0));
        run.Values(run.Topics.Transactions, run.Serdes.Transactions).ShouldBeEmpty();
        run.Pass(June.AddHours(1), Task("us", 1));

        run.Values(run.Topics.Transactions, run.Serdes.Transactions)[0].Total.ShouldBe(1.5m);
    }

    private static string Task(string region, int partition) => $"{RegionExportTopology.UpstreamOf(region)}/{partition}/2";
}
