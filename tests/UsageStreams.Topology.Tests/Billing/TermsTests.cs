using UsageStreams.Model;
using UsageStreams.Topology.Billing;
using UsageStreams.Topology.Signals;
using UsageStreams.Topology.Tests.Support;

namespace UsageStreams.Topology.Tests.Billing;

/// <summary>What the catalogue and the products say about a bill.</summary>
public sealed class TermsTests
{
    private static readonly DateTimeOffset June = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(RoundingMode.HalfAwayFromZero, 13)]
    [InlineData(RoundingMode.HalfEven, 12)]
    [InlineData(RoundingMode.Up, 13)]
    [InlineData(RoundingMode.Down, 12)]
    public void The_period_s_quantity_is_rounded_once_before_it_is_priced(RoundingMode mode, int quantity)
    {
        using var run = Run(References.Metrics[0] with { Rounding = new QuantityRounding { Digits = 0, Mode = mode } });
        for (var i = 0; i < 25; i++) run.Use("api.calls", 0.5m, References.Start);
        run.Pass(June.AddHours(1));

        var line = Drafts(run)[0].Lines.Single(line => line.Metric == "api.calls");
        (line.Quantity, line.Amount).ShouldBe((quantity, (quantity - 10) * 0.5m));
    }

    [Fact]
    public void Rounding_takes_adjustments_and_the_period_together()
    {
        using var run = Run(References.Metrics[0] with { Rounding = new QuantityRounding { Digits = 0, Mode = RoundingMode.Up } });
        run.Use("api.calls", 12.3m, References.Start);
        run.Pass(June.AddDays(10));
        run.Use("api.calls", 0.6m, References.Start, EntryKind.Adjustment, June);
        run.Use("api.calls", 0.3m, References.Start, EntryKind.Adjustment, June);
        run.Pass(June.AddMonths(1).AddHours(1));

        Drafts(run).Select(draft => draft.Total).ShouldBe([1.5m, 0.5m], "13 and then 14 calls, 10 included");
    }

    [Fact]
    public void A_metric_for_health_alone_is_not_billed()
    {
        using var run = Run(References.Metrics[0] with { Audience = Audience.Health });
        run.Use("api.calls", 13, References.Start);
        run.Pass(June.AddHours(1));

        Drafts(run).ShouldBeEmpty();
    }

    [Fact]
    public void A_metric_for_billing_alone_gives_alerts_but_no_health()
    {
        using var run = new LedgerRun(SignalsTopology.Build);
        Publish(run, References.Metrics[0] with { Audience = Audience.Billing });
        run.Use("api.calls", 13, References.Start);
        run.Pass(References.Start.AddDays(2));
        Signals(run).OfType<AccountHealth>().ShouldBeEmpty();
        Signals(run).OfType<LimitAlert>().ShouldHaveSingleItem().Metric.ShouldBe("api.calls");

        run.Use("bytes.out", 5, References.Start.AddDays(2));
        run.Pass(References.Start.AddDays(5));
        var health = Signals(run).OfType<AccountHealth>().ShouldHaveSingleItem();
        health.Usage.Keys.ShouldBe(["bytes.out"]);
        health.PeriodToDate.Keys.ShouldBe(["bytes.out"]);
    }

    [Fact]
    public void A_line_with_a_product_is_billed_under_its_sku_as_of_the_period_s_start()
    {
        var contract = References.Contract("a0");
        using var run = new LedgerRun(serdes => BillingTopology.Build(serdes, new ApprovalPolicy()), contract with
        {
            Lines = [contract.Lines[0] with { Product = "site" }, contract.Lines[1] with { Product = "unknown" }],
        });
        run.Pipe(run.Topics.Products, run.Serdes.Products, "site", new Product
        {
            Id = "site",
            Name = "Site",
            Skus = [new SkuMapping { From = DateTimeOffset.UnixEpoch, To = June, Sku = "SITE-1" }, new SkuMapping { From = June, Sku = "SITE-2" }],
        });
        run.Use("api.calls", 13, References.Start);
        run.Use("api.calls", 13, June.AddDays(1));
        run.Use("api.calls", 1, References.Start, EntryKind.Adjustment, June);
        run.Pass(June.AddMonths(1).AddHours(1));

        Drafts(run).Select(draft => draft.Lines.Select(line => line.Item)).ShouldBe([["SITE-1", "EGRESS"], ["SITE-2", "EGRESS", "SITE-1"]]);
    }

    private static LedgerRun Run(Metric metric)
    {
        var run = new LedgerRun(serdes => BillingTopology.Build(serdes, new ApprovalPolicy()));
        Publish(run, metric);
        return run;
    }

    private static void Publish(LedgerRun run, Metric metric) => run.Pipe(run.Topics.Metrics, run.Serdes.Metrics, $"{metric.Code}@{metric.Version}", metric);

    private static IEnumerable<ICrmSignalBody> Signals(LedgerRun run) => run.Values(run.Topics.Signals, run.Serdes.Signals).Select(signal => signal.Body);

    private static List<BillingTransaction> Drafts(LedgerRun run) =>
        [.. run.Values(run.Topics.Transactions, run.Serdes.Transactions).Where(one => one.State == TransactionState.Draft)];
}
