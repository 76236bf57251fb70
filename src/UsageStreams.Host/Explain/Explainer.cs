using UsageStreams.Host.Regions;
using UsageStreams.Model;

namespace UsageStreams.Host.Explain;

/// <summary>Walks from entries and transactions to events, and from events to entries and transactions.</summary>
/// <param name="reading">Reads the topics.</param>
/// <param name="references">Reference data with their versions.</param>
/// <param name="dedupWindow">How long identities of events are remembered.</param>
/// <param name="homes">Who is at home in the region; null where nobody asks.</param>
internal sealed class Explainer(SourceReading reading, ReferenceHistory references, TimeSpan dedupWindow, RegionHomes? homes)
{
    /// <summary>Explains a ledger entry.</summary>
    /// <exception cref="HostException">There is none of this id.</exception>
    public ExplainedEntry Entry(EntryId id)
    {
        foreach (var account in id.Accounts)
        {
            var ledger = reading.Ledger(account);
            if (ledger.FirstOrDefault(entry => entry.Id == id.Id) is not { } found)
                continue;
            var window = Prove([.. ledger.Where(entry => KeyOf(entry) == KeyOf(found))]);
            return new ExplainedEntry(window.First(proof => proof.Entry.Id == id.Id), window, BilledIn(account, [found]));
        }

        throw new HostException(ExitCodes.NotFound,
            $"The ledger holds no entry '{id.Id}'. Is the window still open, or --prefix another one? 'usagestreams explain TRANSACTION' tells the entries of a bill.");
    }

    /// <summary>Explains a transaction.</summary>
    /// <param name="id">Which.</param>
    /// <param name="withEvents">Whether its entries are proved too, by their events.</param>
    /// <exception cref="HostException">There is none of this id.</exception>
    public ExplainedTransaction Transaction(TransactionId id, bool withEvents)
    {
        if (!references.TryContract(id.Contract, out var contract))
            throw new HostException(ExitCodes.NotFound, $"There is no contract '{id.Contract}' in ref.contracts, so there is no transaction '{id.Id}'.");
        var states = reading.Transactions(contract.Account).Where(state => state.Id == id.Id).ToList();
        if (states.Count == 0)
            throw new HostException(ExitCodes.NotFound, $"There is no transaction '{id.Id}' of account {contract.Account}. A period is billed an hour of stream time after its end.");
        var ledger = reading.Ledger(contract.Account);
        var proof = TransactionProof.Of(states[^1], contract, ledger, references);
        return new ExplainedTransaction(proof, withEvents ? ProveEntriesOf(proof, ledger) : null, TransactionCourse.Of(states, reading.Approvals(id.Id), reading.Receipts(id.Id)));
    }

    /// <summary>Explains an event.</summary>
    /// <exception cref="HostException">There is none of this id.</exception>
    public ExplainedEvent Event(EventId id)
    {
        var identity = EventDigest.Of(id.Tenant, id.Source, id.Id);
        var records = reading.EventsOf(id.Tenant);
        return records.FirstOrDefault(record => record.Identity == identity) is { } record
            ? Event(record, records)
            : throw new HostException(ExitCodes.NotFound,
                $"Tenant '{id.Tenant}' has no event '{id.Id}' of source '{id.Source}'. Was it published under another key than its tenant, or has retention deleted it?");
    }

    /// <summary>Explains the event at a place.</summary>
    /// <exception cref="HostException">There is none.</exception>
    public ExplainedEvent Event(PositionId id)
    {
        var record = reading.EventAt(id) ?? throw new HostException(ExitCodes.NotFound,
            $"There is no event at {id.Topic}:{id.Partition}:{id.Offset}: retention has deleted it, nothing stands there yet, it belongs to a transaction that was aborted, or it is a mark for stream time.");
        return Event(record, record.Key is null ? [record] : reading.EventsOf(record.Key, id.Partition));
    }

    private ExplainedEvent Event(EventRecord record, IReadOnlyList<EventRecord> records)
    {
        var verdict = new EventJudge(references, dedupWindow, homes is null ? null : IsElsewhere).Judge(record, records);
        var occurrences = record.Usage is null ? [record] : records.Where(other => other.Identity == record.Identity).ToList();
        if (verdict.Outcome is EventOutcome.Rejected or EventOutcome.Duplicate)
            return new ExplainedEvent(record, verdict, occurrences, [], [], []);
        var containing = new List<EntryProof>();
        var transactions = new List<BillingTransaction>();
        var differences = new List<string>();
        var windows = new HashSet<WindowKey>();
        foreach (var account in AccountsOf(record))
        {
            var proofs = Prove([.. reading.Ledger(account).Where(entry => MayContain(entry, record))]);
            var entries = proofs.Where(proof => proof.Events.Any(one => one.Record.Position == record.Position)).ToList();
            containing.AddRange(entries);
            transactions.AddRange(BilledIn(account, [.. entries.Select(static proof => proof.Entry)]));
            windows.UnionWith(proofs.Select(static proof => KeyOf(proof.Entry)));
            differences.AddRange(proofs.SelectMany(static proof => proof.Differences.Select(difference => $"{proof.Entry.Id}: {difference}")));
        }

        differences.AddRange(verdict.Metrics.Where(use => windows.Contains(use.Window) && !containing.Exists(proof => KeyOf(proof.Entry) == use.Window)).Select(static use =>
            $"{use.Window.EntryId(1)}: the window has entries, and none of them contains the event that its metric counts. Is a worker behind?"));
        return new ExplainedEvent(record, verdict, occurrences, containing, transactions, differences);
    }

    private bool IsElsewhere(string tenant) => homes!.IsElsewhere(tenant, references.FindTenant(tenant), references.FindAccount);

    private IEnumerable<string> AccountsOf(EventRecord record) =>
        references.EverOf(record.Usage!.Tenant, record.Usage.Time.ToUnixTimeMilliseconds()).Select(static belonging => belonging.Account).Distinct(StringComparer.Ordinal);

    private static bool MayContain(LedgerEntry entry, EventRecord record) => entry.WindowStart <= record.Usage!.Time && record.Usage.Time < entry.WindowEnd;

    private IReadOnlyList<EntryProof> ProveEntriesOf(TransactionProof proof, IReadOnlyList<LedgerEntry> ledger)
    {
        var wanted = proof.Lines.SelectMany(static line => line.Entries).ToList();
        var ids = wanted.Select(static entry => entry.Id).ToHashSet(StringComparer.Ordinal);
        var windows = wanted.Select(KeyOf).ToHashSet();
        return [.. Prove([.. ledger.Where(entry => windows.Contains(KeyOf(entry)))]).Where(one => ids.Contains(one.Entry.Id))];
    }

    private IReadOnlyList<EntryProof> Prove(IReadOnlyList<LedgerEntry> entries)
    {
        var prover = new EntryProver(references, entries);
        var missing = reading.Read(prover.Ranges, prover.Read);
        var proofs = prover.Conclude(missing);
        if (proofs.All(static proof => proof.IsProved && proof.Notes.Count == 0))
            return proofs;
        // What was taken back since is told by records behind the ranges.
        prover = new EntryProver(references, entries);
        reading.Read(prover.Ranges.Select(static range => range with { LastOffset = long.MaxValue }), prover.Read);
        return prover.Conclude(missing);
    }

    private IReadOnlyList<BillingTransaction> BilledIn(string account, IReadOnlyList<LedgerEntry> entries) =>
    [
        .. entries.Count == 0 ? [] : reading.Transactions(account)
            .GroupBy(static state => state.Id, StringComparer.Ordinal)
            .Select(static states => states.Last())
            .Where(transaction => entries.Any(entry => IsIn(entry, transaction))),
    ];

    private static bool IsIn(LedgerEntry entry, BillingTransaction transaction) =>
        entry.Contract == transaction.Contract && transaction.Lines.Any(line => line.Metric == entry.Metric)
        && (entry.BookedIn ?? entry.WindowStart) is var booked && transaction.PeriodStart <= booked && booked < transaction.PeriodEnd;

    private static WindowKey KeyOf(LedgerEntry entry) => new(entry.Account, entry.Contract, entry.Metric, entry.MetricVersion, entry.WindowStart.ToUnixTimeMilliseconds());
}
