namespace UsageStreams.Model.Tests;

public sealed class TransactionProofTests
{
    private static readonly DateTimeOffset Locked = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Next = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ProofWorld _world = new();
    private readonly List<LedgerEntry> _ledger = [];

    [Fact]
    public void A_line_is_the_sum_of_the_first_entries_of_its_period()
    {
        Add(_world.Calls("t1", 3));
        Add(_world.Calls("t1", 2), revision: 2);
        var line = LineOf(_ledger);
        Add(_world.Calls("t1", 1), revision: 3);

        var proof = Prove(Locked, line).Lines.ShouldHaveSingleItem();

        proof.Differences.ShouldBeEmpty();
        (proof.Entries.Count, proof.Later).ShouldBe((2, 1));
    }

    [Fact]
    public void A_line_that_is_not_is_refuted()
    {
        Add(_world.Calls("t1", 3));
        var line = LineOf(_ledger);

        Prove(Locked, line with { Quantity = 4 }).Lines[0].Differences.ShouldHaveSingleItem().ShouldContain("The line's quantity is 4; its entries come to 3.");
        Prove(Locked, line with { Entries = 2 }).Lines[0].Differences.ShouldHaveSingleItem().ShouldContain("sums 2 entries; the ledger holds 1");
        Prove(Locked, line with { Digest = EventDigest.None.ToBytes() }).Lines[0].Differences.ShouldHaveSingleItem().ShouldContain("digest");
        Prove(Locked, total: 7, line).Differences.ShouldHaveSingleItem().ShouldContain("The total says 7");
    }

    [Fact]
    public void Adjustments_are_billed_in_the_period_they_are_booked_in_those_since_the_last_transaction()
    {
        Add(_world.Calls("t1", 3));
        var own = LineOf(_ledger);
        Add(_world.Calls("t1", 1), EntryKind.Adjustment, 2);
        Add(_world.Calls("t1", 2), EntryKind.Adjustment, 3);

        Prove(Locked, own).IsProved.ShouldBeTrue();
        Prove(Next, LineOf([_ledger[1]]) with { AdjustsPeriod = Locked }).IsProved.ShouldBeTrue();
        Prove(Next, LineOf([_ledger[2]]) with { AdjustsPeriod = Locked }).IsProved.ShouldBeTrue();
        Prove(Next, LineOf([_ledger[0]]) with { AdjustsPeriod = Locked }).IsProved.ShouldBeFalse();
    }

    private void Add(IReadOnlyList<EventRecord> events, EntryKind kind = EntryKind.Final, int revision = 1) =>
        _ledger.Add(ProofWorld.Entry(events, kind: kind, revision: revision) with { BookedIn = kind == EntryKind.Adjustment ? Next : null });

    private TransactionProof Prove(DateTimeOffset period, TransactionLine line) => Prove(period, line.Amount, line);

    private TransactionProof Prove(DateTimeOffset period, decimal total, TransactionLine line)
    {
        var references = _world.References;
        references.TryContract("C-a", out var contract).ShouldBeTrue();
        var transaction = new BillingTransaction
        {
            Id = BillingPeriod.TransactionId("C-a", period, 1), Account = "a", Contract = "C-a", Number = 1, PeriodStart = period, PeriodEnd = period.AddMonths(1),
            Currency = "USD", LegalEntity = "1", BillTo = "a", State = TransactionState.Posted, Total = total, Lines = [line], Trace = Trace.None,
        };
        return TransactionProof.Of(transaction, contract!, _ledger, references);
    }

    private static TransactionLine LineOf(IReadOnlyList<LedgerEntry> entries) => new()
    {
        Metric = "calls", Item = "CALLS", Description = "calls", Quantity = entries.Sum(static entry => entry.Quantity), Included = 0, Billable = 0, UnitPrice = 1, Amount = 5,
        Entries = entries.Count, Digest = entries.Aggregate(EventDigest.None, static (sum, entry) => sum + EventDigest.FromBytes(entry.Digest)).ToBytes(),
    };
}
