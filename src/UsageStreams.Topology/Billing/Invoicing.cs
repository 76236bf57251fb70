using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Billing;

/// <summary>Turns a period's usage into transactions: the first bills all of it, later ones what has changed since.</summary>
internal sealed class Invoicing(TableView<string, Contract> contracts, TableView<string, Account> accounts)
{
    /// <summary>The billing period an entry belongs to: the one its window starts in.</summary>
    public Period PeriodOf(LedgerEntry entry) => ContractOf(entry.Contract).Calendar().PeriodOf(entry.WindowStart);

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
    public BillingTransaction Draft(BillingPeriod period)
    {
        var contract = ContractOf(period.Contract);
        if (!accounts.TryGet(period.Account, out var account))
            throw new ModelException($"Account {period.Account} is not in the accounts topic, though it has usage; publish it again.");
        var number = period.Transactions + 1;
        var lines = contract.Lines.Select(line => LineOf(contract, line, period)).ToList();
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

    /// <summary>Whether an adjustment would bill nothing: what came late is covered by what the contract includes.</summary>
    public static bool ChangesNothing(BillingTransaction draft) => draft.Number > 1 && draft.Lines.All(line => line.Amount == 0);

    /// <summary>The period after a transaction was written for it.</summary>
    public static BillingPeriod Billed(BillingPeriod period, BillingTransaction written)
    {
        var billed = new Dictionary<string, decimal>(period.Billed, StringComparer.Ordinal);
        foreach (var line in written.Lines) billed[line.Metric] = billed.GetValueOrDefault(line.Metric) + line.Amount;
        return period with { Billed = billed, Transactions = written.Number, Dirty = false };
    }

    private static TransactionLine LineOf(Contract contract, ContractLine line, BillingPeriod period)
    {
        var used = period.Lines.FirstOrDefault(other => string.Equals(other.Metric, line.Metric, StringComparison.Ordinal));
        var rated = line.Rate(used?.Quantity ?? 0, contract.CurrencyDigits);
        var billed = period.Billed.GetValueOrDefault(line.Metric);
        return new TransactionLine
        {
            Metric = line.Metric,
            Item = line.Item,
            Description = billed == 0 ? $"{line.Metric}: {rated.Quantity} used, {rated.Included} included" : $"{line.Metric}: {rated.Quantity} used, {billed} billed before",
            Quantity = rated.Quantity,
            Included = rated.Included,
            Billable = rated.Billable,
            UnitPrice = line.UnitPrice,
            Amount = rated.Amount - billed,
            Entries = used?.Entries ?? 0,
            Digest = used?.Digest ?? EventDigest.None.ToBytes(),
        };
    }

    private Contract ContractOf(string id) => contracts.TryGet(id, out var contract)
        ? contract
        : throw new ModelException($"Contract {id} is not in the contracts topic, though the ledger names it; publish it again.");
}
