namespace UsageStreams.Model;

/// <summary>What reading an entry's events again came to.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Added">The events that it adds, in order of their places.</param>
/// <param name="Removed">The events that it takes away.</param>
/// <param name="Quantity">The quantity these events give it.</param>
/// <param name="Differences">Where entry and events differ; empty when the entry is proved.</param>
/// <param name="Notes">What had to be taken into account to see it.</param>
public sealed record EntryProof(
    LedgerEntry Entry, IReadOnlyList<CountedEvent> Added, IReadOnlyList<CountedEvent> Removed, decimal Quantity, IReadOnlyList<string> Differences, IReadOnlyList<string> Notes)
{
    /// <summary>Whether the events are the entry's, to the last digit.</summary>
    public bool IsProved => Differences.Count == 0;

    /// <summary>All events that it tells of.</summary>
    public IEnumerable<CountedEvent> Events => Added.Concat(Removed);

    internal static EventDigest DigestOf(IEnumerable<CountedEvent> events) => events.Aggregate(EventDigest.None, static (sum, one) => sum + one.Identity);
}

/// <summary>Offsets of a source range that can't be read any more.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="First">The first of them.</param>
/// <param name="Last">The last of them.</param>
public readonly record struct MissingOffsets(string Topic, int Partition, long First, long Last);
