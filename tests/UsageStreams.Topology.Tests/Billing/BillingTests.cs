using UsageStreams.Model;
using UsageStreams.Topology.Billing;
using UsageStreams.Topology.Tests.Support;

namespace UsageStreams.Topology.Tests.Billing;

public sealed class BillingTests
{
    private static readonly DateTimeOffset June = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_period_is_billed_an_hour_after_its_end()
    {
        using var run = Run();
        run.Use("api.calls", 13, References.Start);
        run.Use("api.calls", 2, References.Start.AddHours(5));
        run.Use("bytes.out", 900, References.Start);

        run.Pass(June.AddMinutes(59));
        States(run).ShouldBeEmpty();
        run.Pass(June.AddHours(1));

        var draft = Transactions(run)[0];
        draft.ShouldSatisfyAllConditions(
            () => draft.Id.ShouldBe("C-a0-20260501-1"),
            () => draft.State.ShouldBe(TransactionState.Draft),
            () => draft.Total.ShouldBe(2.5m),
            () => draft.PeriodEnd.ShouldBe(June),
            () => draft.BillTo.ShouldBe("CUST-a0"),
            () => draft.Trace.CorrelationId.ShouldBe("c1"));
        var calls = draft.Lines.Single(line => line.Metric == "api.calls");
        calls.ShouldSatisfyAllConditions(
            () => calls.Quantity.ShouldBe(15),
            () => calls.Included.ShouldBe(10),
            () => calls.Billable.ShouldBe(5),
            () => calls.Amount.ShouldBe(2.5m),
            () => calls.Entries.ShouldBe(2),
            () => EventDigest.FromBytes(calls.Digest).ShouldBe(EventDigest.Of("t0", "web", "1") + EventDigest.Of("t0", "web", "2")));
        draft.Lines.Single(line => line.Metric == "active.users").Quantity.ShouldBe(0);
    }

    [Fact]
    public void The_policy_approves_a_small_total_by_a_command_of_its_own()
    {
        using var run = Run();
        run.Use("api.calls", 12, References.Start);
        run.Pass(June.AddDays(1));

        States(run).ShouldBe([TransactionState.Draft, TransactionState.Approved]);
        var approval = run.Values(run.Topics.Approvals, run.Serdes.Approvals).ShouldHaveSingleItem();
        approval.Actor.ShouldBe("policy:small-total");
        approval.Decision.ShouldBe(Decision.Approve);
    }

    [Fact]
    public void A_large_total_is_held_until_a_person_approves_it()
    {
        using var run = Run(new ApprovalPolicy(Limit: 1));
        run.Use("api.calls", 13, References.Start);
        run.Pass(June.AddDays(1));
        States(run)[^1].ShouldBe(TransactionState.Held);

        Decide(run, "C-a0-20260501-1", Decision.Approve);

        Transactions(run)[^1].ShouldSatisfyAllConditions(last => last.State.ShouldBe(TransactionState.Approved), last => last.Note.ShouldBeNull());
    }

    [Fact]
    public void The_erp_s_answer_posts_a_transaction_once()
    {
        using var run = Billed();
        Receive(run, ReceiptStatus.Accepted, "inv-9");
        Receive(run, ReceiptStatus.Accepted, "inv-9");

        States(run).ShouldBe([TransactionState.Draft, TransactionState.Approved, TransactionState.Posted]);
        Transactions(run)[^1].RemoteId.ShouldBe("inv-9");
    }

    [Fact]
    public void A_refusal_fails_the_transaction_with_the_erp_s_words_and_an_approval_tries_again()
    {
        using var run = Billed();
        Receive(run, ReceiptStatus.Refused, null);
        Transactions(run)[^1].ShouldSatisfyAllConditions(last => last.State.ShouldBe(TransactionState.Failed), last => last.Note.ShouldBe("period closed"));

        Decide(run, "C-a0-20260501-1", Decision.Approve);
        Receive(run, ReceiptStatus.Accepted, "inv-9");

        States(run)[^2..].ShouldBe([TransactionState.Approved, TransactionState.Posted]);
    }

    [Fact]
    public void A_decision_that_the_state_does_not_allow_is_kept_with_its_reason()
    {
        using var run = Billed();
        Receive(run, ReceiptStatus.Accepted, "inv-9");

        Decide(run, "C-a0-20260501-1", Decision.Reject);
        Decide(run, "C-a0-20260501-7", Decision.Approve);

        run.Values(run.Topics.BillingRejected, run.Serdes.BillingRejected).Select(rejected => rejected.Reason).ShouldBe(["not-allowed", "unknown-transaction"]);
        States(run)[^1].ShouldBe(TransactionState.Posted);
    }

    [Fact]
    public void What_comes_after_a_period_was_billed_becomes_an_adjustment_of_the_difference()
    {
        using var run = Billed();

        run.Use("api.calls", 3, References.Start, EntryKind.Late);
        run.Pass(June.AddDays(2));

        var adjustment = Transactions(run).Single(one => one is { Number: 2, State: TransactionState.Draft });
        adjustment.ShouldSatisfyAllConditions(
            () => adjustment.Id.ShouldBe("C-a0-20260501-2"),
            () => adjustment.Adjusts.ShouldBe("C-a0-20260501-1"),
            () => adjustment.Total.ShouldBe(1.5m));
    }

    [Fact]
    public void Late_usage_is_adjusted_even_when_stream_time_stands_still()
    {
        using var run = Billed();

        run.Use("api.calls", 1, References.Start, EntryKind.Late);
        run.Use("api.calls", 2, References.Start, EntryKind.Late);
        run.Wait(TimeSpan.FromSeconds(1));

        Transactions(run).Single(one => one is { Number: 2, State: TransactionState.Draft }).Total.ShouldBe(1.5m);
    }

    [Fact]
    public void Late_usage_that_is_included_bills_nothing()
    {
        using var run = Billed();
        var before = States(run).Count;

        run.Use("bytes.out", 5, References.Start, EntryKind.Late);
        run.Pass(June.AddDays(2));

        States(run).Count.ShouldBe(before);
    }

    [Fact]
    public void A_crash_at_any_step_bills_once()
    {
        using var run = Run();
        run.Use("api.calls", 13, References.Start);
        run.Crash();
        run.Use("api.calls", 1, References.Start.AddHours(1));
        run.Pass(June.AddHours(1));
        run.Crash();
        Receive(run, ReceiptStatus.Accepted, "inv-9");
        run.Crash();
        run.Pass(June.AddDays(3));

        States(run).ShouldBe([TransactionState.Draft, TransactionState.Approved, TransactionState.Posted]);
        Transactions(run)[0].Total.ShouldBe(2m);
    }

    [Fact]
    public void Usage_of_two_periods_makes_two_transactions()
    {
        using var run = Run();
        run.Use("api.calls", 11, June.AddHours(-1));
        run.Use("api.calls", 12, June);
        run.Pass(June.AddMonths(1).AddHours(1));

        Transactions(run).Where(one => one.State == TransactionState.Draft).Select(one => (one.Id, one.Total))
            .ShouldBe([("C-a0-20260501-1", 0.5m), ("C-a0-20260601-1", 1m)]);
    }

    private static LedgerRun Run(ApprovalPolicy? policy = null) => new(serdes => BillingTopology.Build(serdes, policy ?? new ApprovalPolicy()));

    private static LedgerRun Billed()
    {
        var run = Run();
        run.Use("api.calls", 13, References.Start);
        run.Pass(June.AddHours(1));
        return run;
    }

    private static IReadOnlyList<BillingTransaction> Transactions(LedgerRun run) => run.Values(run.Topics.Transactions, run.Serdes.Transactions);

    private static List<TransactionState> States(LedgerRun run) => [.. Transactions(run).Select(transaction => transaction.State)];

    private static void Decide(LedgerRun run, string transaction, Decision decision) => run.Pipe(
        run.Topics.Approvals,
        run.Serdes.Approvals,
        transaction,
        new Approval { Transaction = transaction, Account = "a0", Decision = decision, Actor = "person:controller", Time = June.AddDays(1), Reason = "checked" });

    private static void Receive(LedgerRun run, ReceiptStatus status, string? remoteId) => run.Pipe(
        run.Topics.BillingReceipts,
        run.Serdes.BillingReceipts,
        "C-a0-20260501-1",
        new Receipt
        {
            Document = "C-a0-20260501-1",
            Account = "a0",
            System = "netsuite",
            Status = status,
            RemoteId = remoteId,
            Attempts = 1,
            PayloadHash = "00",
            Time = June.AddDays(1),
            Error = status == ReceiptStatus.Refused ? "period closed" : null,
        });
}
