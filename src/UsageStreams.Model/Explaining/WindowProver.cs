namespace UsageStreams.Model;

/// <summary>Proves the entries of one window, in their order: what one adds is seen against what those before it left.</summary>
internal sealed class WindowProver(ReferenceHistory references, MetricRule? rule, IReadOnlyList<LedgerEntry> entries)
{
    private readonly List<CountedEvent> _candidates = [];
    private readonly HashSet<(int Partition, EventDigest Identity)> _seen = [];
    private readonly HashSet<EventDigest> _withdrawn = [];

    private readonly WindowBook _book = new();
    private decimal _sum;

    /// <summary>Takes an event that the window's metric counts in it, whomever it belongs to. Of repetitions the first counts.</summary>
    public void Consider(CountedEvent counted)
    {
        if (entries.Any(entry => entry.Sources.Any(counted.StandsIn)) && _seen.Add((counted.Record.Partition, counted.Identity))) _candidates.Add(counted);
    }

    /// <summary>Remembers that an event is taken back.</summary>
    public void Withdraw(EventRecord withdrawal, EventDigest identity)
    {
        if (identity != withdrawal.Identity) _withdrawn.Add(identity);
    }

    /// <summary>The proofs, in the entries' order.</summary>
    public IEnumerable<EntryProof> Conclude(IReadOnlyList<MissingOffsets> missing)
    {
        foreach (var entry in entries) yield return Prove(entry, missing);
    }

    private EntryProof Prove(LedgerEntry entry, IReadOnlyList<MissingOffsets> missing)
    {
        var differences = new List<string>();
        var notes = new List<string>();
        if (rule is null)
        {
            differences.Add($"Metric {entry.Metric}@{entry.MetricVersion} is not in ref.metrics: without it no event can be judged. Publish the version again, as it was.");
            return new EntryProof(entry, [], [], 0, differences, notes);
        }

        var carried = _book.Carried(entry.Kind, Aggregation, Start, End);
        var found = new EntrySearch(references, rule, entry, _candidates, _book, carried, _withdrawn).Find(notes);
        var expected = _book.Apply(entry.Kind, found, Aggregation, Start, End);
        Compare(entry, found, expected, differences);
        if (differences.Count > 0) differences.AddRange(Reasons(entry, missing));
        _sum += entry.Quantity;
        if (_sum != entry.Total) differences.Add(Say($"The total says {entry.Total}, the entries of the window up to here sum to {_sum}."));
        return new EntryProof(entry, found.Added, found.Removed, expected.Quantity, differences, notes);
    }

    private Aggregation Aggregation => rule!.Aggregation;

    private long Start => entries[0].WindowStart.ToUnixTimeMilliseconds();

    private long End => entries[0].WindowEnd.ToUnixTimeMilliseconds();

    private static void Compare(LedgerEntry entry, FoundEvents found, WindowTally expected, List<string> differences)
    {
        if (entry.Count != expected.Count) differences.Add(Say($"The entry counts {entry.Count} events; judged again, those in its ranges come to {expected.Count}."));
        if (EventDigest.FromBytes(entry.Digest) != expected.Digest) differences.Add("The digest of the events' ids is not the entry's: it was made of another set of events.");
        if (entry.Quantity != expected.Quantity) differences.Add(Say($"The entry's quantity is {entry.Quantity}; its events give {expected.Quantity}."));
        if (!found.IsExact) return;
        CompareTimes(entry, [.. found.Added, .. found.Removed], differences);
        foreach (var source in entry.Sources)
        {
            var there = found.Added.Count(one => one.StandsIn(source)) - found.Removed.Count(one => one.StandsIn(source));
            if (there != source.Count) differences.Add(Say($"Of {source.Topic} partition {source.Partition}, offsets {source.FirstOffset} to {source.LastOffset}, the entry counts {source.Count} events; {there} of its own stand there."));
        }
    }

    // Where a tenant's events were exchanged for others, the entry's times are those of both, and what is in both is not among what it adds or takes away. Where
    // an event was taken out, they are still those of what was there before.
    private static void CompareTimes(LedgerEntry entry, IReadOnlyList<CountedEvent> events, List<string> differences)
    {
        if (events.Count == 0) return;
        var (first, last) = (events.Min(static one => one.Usage.Time), events.Max(static one => one.Usage.Time));
        if (first < entry.First || last > entry.Last)
            differences.Add(Say($"The entry's events lie from {entry.First:O} to {entry.Last:O}; those read again from {first:O} to {last:O}."));
    }

    private static IEnumerable<string> Reasons(LedgerEntry entry, IReadOnlyList<MissingOffsets> missing) =>
        from gap in missing
        from source in entry.Sources
        where source.Partition == gap.Partition && string.Equals(source.Topic, gap.Topic, StringComparison.Ordinal) && source.FirstOffset <= gap.Last && gap.First <= source.LastOffset
        select Say($"Offsets {Math.Max(gap.First, source.FirstOffset)} to {Math.Min(gap.Last, source.LastOffset)} of {gap.Topic} partition {gap.Partition} can't be read any more: the topic's retention has deleted them. With the archive of the topic they can be proved.");

    private static string Say(FormattableString text) => FormattableString.Invariant(text);
}
