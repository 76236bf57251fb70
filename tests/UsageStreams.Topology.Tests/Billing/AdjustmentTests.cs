using UsageStreams.Model;
using UsageStreams.Topology.Billing;
using UsageStreams.Topology.Tests.Support;

namespace UsageStreams.Topology.Tests.Billing;

/// <summary>A locked period never changes: what it gets after its lock is billed in a later one.</summary>
public sealed class AdjustmentTests
{
    private static readonly DateTimeOffset June = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset July = June.AddMonths(1);
    private static readonly DateTimeOffset August = July.AddMonths(1);

    [Fact]
    public void It_is_a_line_of_the_period_it_is_booked_in_that_names_the_period_it_adjusts()
    {
        using var run = Run();
        run.Use("api.calls", 13, References.Start);
        run.Pass(June.AddDays(10));
        var adjustment = Adjust(run, 4, June);
        run.Use("api.calls", 12, June.AddDays(3));
        run.Pass(July.AddHours(1));

        Drafts(run).Select(draft => (draft.Id, draft.Total)).ShouldBe([("C-a0-20260501-1", 1.5m), ("C-a0-20260601-1", 3m)]);
        var lines = Drafts(run)[1].Lines;
        lines.Single(line => line is { Metric: "api.calls", AdjustsPeriod: null }).Amount.ShouldBe(1m);
        var line = lines.Single(line => line.AdjustsPeriod is not null);
        line.ShouldSatisfyAllConditions(
            () => line.AdjustsPeriod.ShouldBe(June.AddMonths(-1)),
            () => line.Metric.ShouldBe("api.calls"),
            () => line.Description.ShouldBe("api.calls: 4 after the lock of 2026-05-01 to 2026-06-01, 17 used in all"),
            () => line.Quantity.ShouldBe(4),
            () => line.Billable.ShouldBe(4),
            () => line.Amount.ShouldBe(2m),
            () => line.Digest.ShouldBe(adjustment.Digest));
    }

    [Fact]
    public void What_the_locked_period_still_included_costs_nothing()
    {
        using var run = Run();
        run.Use("api.calls", 7, References.Start);
        run.Pass(June.AddDays(10));
        Adjust(run, 4, June);
        run.Pass(July.AddHours(1));

        var line = Drafts(run)[1].Lines.Single(line => line.AdjustsPeriod is not null);
        (line.Quantity, line.Included, line.Billable, line.Amount).ShouldBe((4m, 3m, 1m, 0.5m));
    }

    [Fact]
    public void One_that_takes_usage_away_is_a_credit_of_what_was_billed_and_no_more()
    {
        using var run = Run();
        run.Use("api.calls", 13, References.Start);
        run.Pass(June.AddDays(10));
        Adjust(run, -9, June);
        run.Pass(July.AddHours(1));

        Drafts(run)[1].Total.ShouldBe(-1.5m);
    }

    [Fact]
    public void A_second_one_is_priced_on_top_of_the_first_in_whatever_period_it_is_booked()
    {
        using var run = Run();
        run.Use("api.calls", 8, References.Start);
        run.Pass(June.AddDays(10));
        Adjust(run, 3, June);
        run.Pass(July.AddHours(1));
        Adjust(run, 2, July);
        run.Crash();
        Adjust(run, 1, July);
        run.Pass(August.AddHours(1));

        Drafts(run).Select(draft => draft.Total).ShouldBe([0m, 0.5m, 1.5m]);
        Drafts(run)[2].Lines.Single(line => line.AdjustsPeriod is not null).Quantity.ShouldBe(3);
    }

    [Fact]
    public void A_period_without_usage_before_its_lock_is_priced_from_nothing()
    {
        using var run = Run();
        Adjust(run, 12, June);
        run.Pass(July.AddHours(1));

        var draft = Drafts(run).ShouldHaveSingleItem();
        draft.Id.ShouldBe("C-a0-20260601-1");
        draft.Total.ShouldBe(1m);
    }

    [Fact]
    public void One_that_comes_when_its_period_was_billed_makes_a_transaction_of_its_own()
    {
        using var run = Run();
        run.Use("api.calls", 13, References.Start);
        run.Use("api.calls", 1, June);
        run.Pass(July.AddHours(1));
        Adjust(run, 2, June);
        run.Wait(TimeSpan.FromSeconds(1));

        var draft = Drafts(run)[^1];
        (draft.Id, draft.Adjusts, draft.Total).ShouldBe(("C-a0-20260601-2", "C-a0-20260601-1", 1m));
    }

    [Fact]
    public void A_contract_that_ended_is_billed_its_adjustments_alone()
    {
        using var run = Run(References.Contract("a0") with { To = June.AddDays(-3) });
        run.Use("api.calls", 13, References.Start);
        run.Pass(June.AddDays(10));
        Adjust(run, 2, June);
        run.Pass(July.AddHours(1));

        Drafts(run)[1].Lines.ShouldHaveSingleItem().Amount.ShouldBe(1m);
    }

    [Fact]
    public void One_that_the_contract_does_not_bill_changes_nothing()
    {
        using var run = Run(References.Contract("a0") with { To = June.AddDays(-3) });
        run.Use("api.calls", 13, References.Start);
        run.Pass(June.AddDays(10));
        run.Use("disk.bytes", 2, References.Start, EntryKind.Adjustment, June);
        run.Pass(July.AddHours(1));

        Drafts(run).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_large_credit_is_held_for_a_person()
    {
        using var run = new LedgerRun(serdes => BillingTopology.Build(serdes, new ApprovalPolicy(Limit: 1)));
        run.Use("api.calls", 13, References.Start);
        run.Pass(June.AddDays(10));
        Adjust(run, -9, June);
        run.Pass(July.AddHours(1));

        run.Values(run.Topics.Transactions, run.Serdes.Transactions)[^1].ShouldSatisfyAllConditions(
            last => last.Total.ShouldBe(-1.5m),
            last => last.State.ShouldBe(TransactionState.Held));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void In_whatever_order_and_period_they_come_all_transactions_sum_to_the_price_of_all_usage(int seed)
    {
        var random = new Random(seed);
        using var run = Run();
        var used = new decimal[3];
        for (var month = 0; month < 3; month++)
        {
            for (var i = random.Next(5); i > 0; i--)
            {
                var quantity = random.Next(-3, 9) + (random.Next(1000) / 1000m);
                var adjusted = random.Next(month + 1);
                used[adjusted] += quantity;
                var start = June.AddMonths(adjusted).AddDays(random.Next(27));
                if (adjusted == month)
                    run.Use("api.calls", quantity, start);
                else
                    run.Use("api.calls", quantity, start, EntryKind.Adjustment, June.AddMonths(month));
                if (random.Next(5) == 0) run.Crash();
            }

            run.Pass(June.AddMonths(month + 1).AddHours(random.Next(1, 30)));
        }

        var line = References.Contract("a0").Lines.Single(line => line.Metric == "api.calls");
        Drafts(run).Sum(draft => draft.Total).ShouldBe(used.Sum(quantity => line.Rate(quantity, 2).Amount), $"seed {seed}");
    }

    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, 60)];

    private static LedgerRun Run(Contract? contract = null) => new(serdes => BillingTopology.Build(serdes, new ApprovalPolicy()), contract);

    private static LedgerEntry Adjust(LedgerRun run, decimal quantity, DateTimeOffset bookedIn) =>
        run.Use("api.calls", quantity, References.Start, EntryKind.Adjustment, bookedIn);

    private static List<BillingTransaction> Drafts(LedgerRun run) =>
        [.. run.Values(run.Topics.Transactions, run.Serdes.Transactions).Where(one => one.State == TransactionState.Draft)];
}
