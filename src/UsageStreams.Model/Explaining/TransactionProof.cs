namespace UsageStreams.Model;

/// <summary>What summing a transaction's ledger entries again came to.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Lines">Its lines.</param>
/// <param name="Differences">Where transaction and lines differ; those of the lines are in the lines.</param>
public sealed record TransactionProof(BillingTransaction Transaction, IReadOnlyList<LineProof> Lines, IReadOnlyList<string> Differences)
{
    /// <summary>Whether all lines are what their entries sum to.</summary>
    public bool IsProved => Differences.Count == 0 && Lines.All(static line => line.Differences.Count == 0);

    /// <summary>Sums the entries again.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="contract">Its contract.</param>
    /// <param name="ledger">The account's ledger entries, in order of the ledger.</param>
    /// <param name="references">Tells whom metrics are for and how their quantities are rounded.</param>
    public static TransactionProof Of(BillingTransaction transaction, Contract contract, IReadOnlyList<LedgerEntry> ledger, ReferenceHistory references)
    {
        var calendar = contract.Calendar();
        var lines = new List<LineProof>();
        foreach (var line in transaction.Lines)
        {
            // An adjustment is of the locked period its window starts in, and billed in the period it is booked in.
            var period = line.AdjustsPeriod ?? transaction.PeriodStart;
            var used = ledger.Where(entry =>
                string.Equals(entry.Contract, transaction.Contract, StringComparison.Ordinal) && string.Equals(entry.Metric, line.Metric, StringComparison.Ordinal)
                && calendar.PeriodOf(entry.WindowStart).Start == period && references.IsBilled(entry)).ToList();
            lines.Add(line.AdjustsPeriod is null
                ? LineProof.Of(line, [.. used.Where(static entry => entry.BookedIn is null)], references)
                : LineProof.OfAdjustment(line, used, [.. used.Where(entry => entry.BookedIn is { } booked && calendar.PeriodOf(booked).Start == transaction.PeriodStart)], references));
        }

        var sum = transaction.Lines.Sum(static line => line.Amount);
        return new TransactionProof(transaction, lines, sum == transaction.Total ? [] : [FormattableString.Invariant($"The total says {transaction.Total}, the lines sum to {sum}.")]);
    }
}

/// <summary>A line of a transaction and the ledger entries in it.</summary>
/// <param name="Line">The line.</param>
/// <param name="Entries">The entries that were there when it was rated.</param>
/// <param name="Later">Entries of the same period and metric that came after it; a later transaction has them.</param>
/// <param name="Differences">Where line and entries differ; empty when they don't.</param>
public sealed record LineProof(TransactionLine Line, IReadOnlyList<LedgerEntry> Entries, int Later, IReadOnlyList<string> Differences)
{
    // A line says how many entries it sums; they are the first so many, since billing reads the ledger in its order.
    internal static LineProof Of(TransactionLine line, IReadOnlyList<LedgerEntry> booked, ReferenceHistory references) =>
        Compare(line, [.. booked.Take(Number(line))], booked.Count, Rounded(references, booked.Take(Number(line))));

    // Each transaction of a period takes the adjustments that came since the last one: the digest tells which.
    internal static LineProof OfAdjustment(TransactionLine line, IReadOnlyList<LedgerEntry> used, IReadOnlyList<LedgerEntry> booked, ReferenceHistory references)
    {
        var first = Enumerable.Range(0, Math.Max(1, booked.Count - Number(line) + 1))
            .FirstOrDefault(start => Sum(booked.Skip(start).Take(Number(line))) == EventDigest.FromBytes(line.Digest));
        var entries = booked.Skip(first).Take(Number(line)).ToList();
        var before = entries.Count == 0 ? [] : used.TakeWhile(entry => !ReferenceEquals(entry, entries[0])).ToList();
        return Compare(line, entries, booked.Count - first, Rounded(references, before.Concat(entries)) - Rounded(references, before));
    }

    private static LineProof Compare(TransactionLine line, List<LedgerEntry> entries, int booked, decimal quantity)
    {
        var differences = new List<string>();
        if (entries.Count != line.Entries) differences.Add(FormattableString.Invariant($"The line sums {line.Entries} entries; the ledger holds {entries.Count} for it."));
        if (quantity != line.Quantity) differences.Add(FormattableString.Invariant($"The line's quantity is {line.Quantity}; its entries come to {quantity}."));
        if (Sum(entries) != EventDigest.FromBytes(line.Digest)) differences.Add("The line's digest is not the sum of its entries' digests: it was made of other events.");
        return new LineProof(line, entries, booked - entries.Count, differences);
    }

    private static int Number(TransactionLine line) => (int)Math.Min(line.Entries, int.MaxValue);

    // The rounding of the largest version holds for all.
    private static decimal Rounded(ReferenceHistory references, IEnumerable<LedgerEntry> entries)
    {
        var all = entries.ToList();
        var newest = all.MaxBy(static entry => entry.MetricVersion);
        var rule = newest is not null && references.TryRule(newest.Metric, newest.MetricVersion, out var found) ? found.Metric.Rounding : null;
        return Rounding.Quantity(all.Sum(static entry => entry.Quantity), rule);
    }

    private static EventDigest Sum(IEnumerable<LedgerEntry> entries) =>
        entries.Aggregate(EventDigest.None, static (sum, entry) => sum + EventDigest.FromBytes(entry.Digest));
}
