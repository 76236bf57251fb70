using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Billing;

/// <summary>Owns the billing periods and transactions of its accounts.</summary>
internal sealed class Bill(
    StoreBuilder<string, BillingPeriod> periods,
    StoreBuilder<string, BillingTransaction> transactions,
    ReferenceTables references,
    ApprovalPolicy policy,
    SideOutput<string, Approval> approvals,
    SideOutput<string, RejectedEvent> refused)
    : IProcessor<string, BillingInput, string, BillingTransaction>
{
    /// <summary>
    /// How long after its end a period waits before it is billed: longer than any window's grace, so that the final entries of its last windows are in it.
    /// </summary>
    private static readonly TimeSpan CloseDelay = TimeSpan.FromHours(1);

    /// <summary>Late usage of a billed period is gathered for this long before it makes an adjustment.</summary>
    private static readonly TimeSpan AdjustmentInterval = TimeSpan.FromSeconds(1);

    private readonly PriorityQueue<string, (DateTimeOffset End, string Key)> _due = new();
    private ProcessorContext<string, BillingTransaction> _context = null!;
    private KeyValueStore<string, BillingPeriod> _periods = null!;
    private KeyValueStore<string, BillingTransaction> _transactions = null!;
    private Invoicing _invoicing = null!;
    private MetricTerms _metrics = null!;

    public void Init(ProcessorContext<string, BillingTransaction> context)
    {
        _context = context;
        _periods = context.GetStore(periods);
        _transactions = context.GetStore(transactions);
        _metrics = new MetricTerms(context.GetTable(references.Metrics));
        _invoicing = new Invoicing(context.GetTable(references.Contracts), context.GetTable(references.Accounts), new LinePricing(_metrics, context.GetTable(references.Products)));
        foreach (var (key, period) in _periods.All)
        {
            if (period.Dirty) _due.Enqueue(key, (period.PeriodEnd, key));
        }

        context.Schedule(TimeSpan.FromSeconds(1), PunctuationType.StreamTime, CloseUntil);
        // What comes late into a period that was billed must not wait for stream time to move on: it may be the last there is.
        context.Schedule(AdjustmentInterval, PunctuationType.WallClock, _ => CloseUntil(_context.StreamTime ?? long.MinValue));
    }

    public void Process(in Record<string, BillingInput> record)
    {
        switch (record.Value.Body)
        {
            case LedgerEntry entry:
                AddEntry(entry);
                break;
            case Approval approval:
                Decide(approval);
                break;
            case Receipt receipt:
                Receive(receipt);
                break;
            default:
                throw new ModelException($"Billing can't act on '{record.Value.Body.GetType().Name}'; teach it, or don't send it to {_context.Metadata.Topic}.");
        }
    }

    private void AddEntry(LedgerEntry entry)
    {
        if (!_metrics.IsBilled(entry)) return;
        var span = _invoicing.PeriodOf(entry);
        if (_invoicing.BookedIn(entry) is { } booking)
        {
            // The locked period is found by the transaction that bills its adjustment, even when it had no usage of its own.
            _periods.TryAdd(BillingPeriod.KeyOf(entry.Contract, span), Invoicing.Open(entry, span));
            Change(entry, booking, period => period.WithAdjustment(entry, span));
        }
        else
        {
            Change(entry, span, period => period.With(entry));
        }
    }

    private void Change(LedgerEntry entry, Period span, Func<BillingPeriod, BillingPeriod> change)
    {
        var key = BillingPeriod.KeyOf(entry.Contract, span);
        var period = _periods.TryGet(key, out var known) ? known : Invoicing.Open(entry, span);
        if (!period.Dirty) _due.Enqueue(key, (span.End, key));
        _periods.Put(key, change(period));
    }

    private void CloseUntil(long streamTime)
    {
        var now = Time(streamTime);
        while (_due.TryPeek(out var key, out var due) && due.End + CloseDelay <= now)
        {
            _due.Dequeue();
            var period = _periods.Get(key)!;
            var draft = _invoicing.Draft(period, LockedOf);
            foreach (var adjustment in period.Adjustments) BillAdjustment(adjustment, draft);
            if (Invoicing.ChangesNothing(draft))
            {
                _periods.Put(key, period with { Adjustments = [], Dirty = false });
                continue;
            }

            _periods.Put(key, Invoicing.Billed(period, draft));
            Write(draft);
            var approval = policy.Decide(draft, now);
            _context.Forward(approvals, new Record<string, Approval>(approval.Transaction, approval, streamTime, draft.Trace.ToHeaders()));
        }
    }

    private BillingPeriod LockedOf(string contract, PeriodAdjustment adjustment) =>
        _periods.Get(BillingPeriod.KeyOf(contract, new Period(adjustment.PeriodStart, adjustment.PeriodEnd)))!;

    private void BillAdjustment(PeriodAdjustment adjustment, BillingTransaction draft)
    {
        var amount = draft.Lines
            .Where(line => line.AdjustsPeriod == adjustment.PeriodStart && string.Equals(line.Metric, adjustment.Metric, StringComparison.Ordinal))
            .Sum(line => line.Amount);
        var locked = LockedOf(draft.Contract, adjustment);
        _periods.Put(BillingPeriod.KeyOf(draft.Contract, new Period(adjustment.PeriodStart, adjustment.PeriodEnd)), locked.AfterAdjustment(adjustment, amount));
    }

    private static DateTimeOffset Time(long streamTime) =>
        streamTime == long.MinValue ? DateTimeOffset.MinValue : DateTimeOffset.FromUnixTimeMilliseconds(streamTime);

    private void Decide(Approval approval)
    {
        if (!_transactions.TryGet(approval.Transaction, out var transaction))
            Refuse(approval.Transaction, "unknown-transaction", $"{approval.Actor} said {approval.Decision} about {approval.Transaction}, which is no transaction of account {approval.Account}.");
        else if (TransactionStates.After(transaction, approval) is { } decided)
            Write(decided);
        else
            Refuse(approval.Transaction, "not-allowed", $"{approval.Actor} said {approval.Decision} about {approval.Transaction}, but it is {transaction.State} already.");
    }

    private void Receive(Receipt receipt)
    {
        if (!_transactions.TryGet(receipt.Document, out var transaction))
            Refuse(receipt.Document, "unknown-transaction", $"{receipt.System} answered about {receipt.Document}, which is no transaction of account {receipt.Account}.");
        else if (TransactionStates.After(transaction, receipt) is { } received)
            Write(received);
    }

    private void Write(BillingTransaction transaction)
    {
        _transactions.Put(transaction.Id, transaction);
        _context.Forward(new Record<string, BillingTransaction>(transaction.Account, transaction, transaction.PeriodEnd.ToUnixTimeMilliseconds(), transaction.Trace.ToHeaders()));
    }

    private void Refuse(string document, string reason, string text)
    {
        var at = _context.Metadata;
        var rejection = new RejectedEvent
        {
            Topic = at.Topic,
            Partition = at.Partition,
            Offset = at.Offset,
            Headers = [],
            Reason = reason,
            Text = text,
            Arrival = DateTimeOffset.FromUnixTimeMilliseconds(at.Arrival),
        };
        _context.Forward(refused, new Record<string, RejectedEvent>(document, rejection, at.Arrival));
    }
}
