using UsageStreams.Model;

namespace UsageStreams.Host.Explain;

/// <summary>A ledger entry, proved or refuted, among the entries of its window.</summary>
/// <param name="Proof">Its proof.</param>
/// <param name="Window">The proofs of all entries of its window, in order.</param>
/// <param name="Transactions">The transactions it is billed in, as they stand.</param>
internal sealed record ExplainedEntry(EntryProof Proof, IReadOnlyList<EntryProof> Window, IReadOnlyList<BillingTransaction> Transactions);

/// <summary>A transaction, proved or refuted against the ledger.</summary>
/// <param name="Proof">Its proof.</param>
/// <param name="Entries">The proofs of its entries against their events; null when they were not asked for.</param>
/// <param name="Course">What happened to it, in order of time.</param>
internal sealed record ExplainedTransaction(TransactionProof Proof, IReadOnlyList<EntryProof>? Entries, IReadOnlyList<TransactionStep> Course)
{
    /// <summary>Whether all that was asked for is what it must be.</summary>
    public bool IsProved => Proof.IsProved && (Entries ?? []).All(static proof => proof.IsProved);
}

/// <summary>Something that happened to a transaction.</summary>
/// <param name="Time">When; null for states, which have no time of their own.</param>
/// <param name="Text">What.</param>
internal sealed record TransactionStep(DateTimeOffset? Time, string Text);

/// <summary>An event, where it ended, and what contains it.</summary>
/// <param name="Record">The event's record.</param>
/// <param name="Verdict">Where it ends.</param>
/// <param name="Occurrences">All records of its identity, in order.</param>
/// <param name="Entries">The entries that contain it.</param>
/// <param name="Transactions">The transactions those are billed in, as they stand.</param>
/// <param name="Differences">What must be in the ledger and is not.</param>
internal sealed record ExplainedEvent(
    EventRecord Record, EventVerdict Verdict, IReadOnlyList<EventRecord> Occurrences, IReadOnlyList<EntryProof> Entries, IReadOnlyList<BillingTransaction> Transactions,
    IReadOnlyList<string> Differences);
