using UsageStreams.Model;

namespace UsageStreams.Topology.Metering.Settling;

/// <summary>What an entry tells of the events it adds or takes away, beside their count and digest.</summary>
internal readonly record struct EntryEvents(Lineage Added, Lineage Removed)
{
    private static readonly Lineage None = new();

    /// <summary>Of no events: what one entry set right by order of arrival.</summary>
    public static EntryEvents Nothing => new(None, None);

    public static EntryEvents More(Lineage added) => new(added, None);

    public static EntryEvents Less(Lineage removed) => new(None, removed);

    /// <summary>The entry with what is told of its events; the sources of events that it takes away have negative counts.</summary>
    public LedgerEntry Tell(LedgerEntry entry)
    {
        var both = new Lineage();
        both.Merge(Added);
        both.Merge(Removed);
        return entry with
        {
            First = both.IsEmpty ? entry.First : DateTimeOffset.FromUnixTimeMilliseconds(both.First),
            Last = both.IsEmpty ? entry.Last : DateTimeOffset.FromUnixTimeMilliseconds(both.Last),
            Sources = Removed.IsEmpty ? both.Sources : [.. both.Sources.Select(Net)],
            Trace = both.Trace,
            Traces = both.Traces,
            Mappings = both.Mappings,
            ContractVersion = Math.Max(1, both.ContractVersion),
        };
    }

    private SourceRange Net(SourceRange both)
    {
        foreach (var removed in Removed.Sources)
        {
            if (removed.Partition == both.Partition && string.Equals(removed.Topic, both.Topic, StringComparison.Ordinal))
                return both with { Count = both.Count - (2 * removed.Count) };
        }

        return both;
    }
}
