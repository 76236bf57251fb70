using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Billing;

/// <summary>
/// Turns a period's usage into transactions: the first bills all of it, later ones what has changed since. What locked periods got after their lock is
/// billed beside it, in lines of their own.
/// </summary>
internal sealed class Invoicing(TableView<string, Contract> contracts, TableView<string, Account> accounts, LinePricing pricing)
{
    /// <summary>The billing period an entry belongs to: the one its window starts in.</summary>
    public Period PeriodOf(LedgerEntry entry) => ContractOf(entry.Contract).Calendar().PeriodOf(entry.WindowStart);

    /// <summary>The billing period an adjustment is billed in; null for all other entries.</summary>
    public Period? BookedIn(LedgerEntry entry) => entry.BookedIn is { } instant ? ContractOf(entry.Contract).Calendar().PeriodOf(instant) : null;

    /// <summary>A period before its first entry.</summary>
    public static BillingPeriod Open(LedgerEntry first, Period span) => new()
    {
        Account = first.Account,
        Contract = first.Contract,
        PeriodStart = span.Start,
        PeriodEnd = span.End,
        Lines = [],
        Billed = new Dictionary<string, decimal>(StringComparer.Ordinal),
        Transactions = 0,
        Dirty = false,
        Trace = first.Trace,
    };

    /// <summary>The next transaction of a period.</summary>
    /// <param name="period">The period.</param>
    /// <param name="lockedOf">The locked period of a contract that an adjustment is of.</param>
    public BillingTransaction Draft(BillingPeriod period, Func<string, PeriodAdjustment, BillingPeriod> lockedOf)
    {
        var contract = ContractOf(period.Contract);
        if (!accounts.TryGet(period.Account, out var account))
            throw new ModelException($"Account {period.Account} is not in the accounts topic, though it has usage; publish it again.");
        var number = period.Transactions + 1;
        var lines = new List<TransactionLine>();
        if (contract.To is not { } end || end > period.PeriodStart) lines.AddRange(contract.Lines.Select(line => pricing.LineOf(contract, line, period)));
        foreach (var adjustment in period.Adjustments)
        {
            // A metric without a line is not billed, whenever it comes.
            if (contract.LineOf(adjustment.Metric) is { } line) lines.Add(pricing.LineOf(contract, line, adjustment, lockedOf(contract.Id, adjustment)));
        }

        return new BillingTransaction
        {
            Id = BillingPeriod.TransactionId(contract.Id, period.PeriodStart, number),
            Account = account.Id,
            Contract = contract.Id,
            Number = number,
            Adjusts = number == 1 ? null : BillingPeriod.TransactionId(contract.Id, period.PeriodStart, 1),
            PeriodStart = period.PeriodStart,
            PeriodEnd = period.PeriodEnd,
            Currency = contract.Currency,
            LegalEntity = account.LegalEntity,
            BillTo = account.BillTo,
            State = TransactionState.Draft,
            Total = lines.Sum(line => line.Amount),
            Lines = lines,
            Trace = period.Trace,
        };
    }

    /// <summary>Whether a transaction would bill nothing beside the period's first: what came late is covered by what the contract includes.</summary>
    public static bool ChangesNothing(BillingTransaction draft) =>
        draft.Lines.All(line => line.Amount == 0) && (draft.Number > 1 || draft.Lines.All(line => line.AdjustsPeriod is not null));

    /// <summary>The period after a transaction was written for it.</summary>
    public static BillingPeriod Billed(BillingPeriod period, BillingTransaction written)
    {
        var billed = period.Billed;
        foreach (var line in written.Lines.Where(line => line.AdjustsPeriod is null)) billed = BillingPeriod.Plus(billed, line.Metric, line.Amount);
        return period with { Billed = billed, Transactions = written.Number, Adjustments = [], Dirty = false };
    }

    private Contract ContractOf(string id) => contracts.TryGet(id, out var contract)
        ? contract
        : throw new ModelException($"Contract {id} is not in the contracts topic, though the ledger names it; publish it again.");
}
