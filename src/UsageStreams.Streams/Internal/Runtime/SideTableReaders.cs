using UsageStreams.Streams.Internal.Graph;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>
/// Reads the tables' partitions that go with a thread's tasks. One reader for each sub-topology: two of them may follow the same topic, each from
/// its own beginning.
/// </summary>
internal sealed class SideTableReaders(ISessionClients clients) : IDisposable
{
    private static readonly TimeSpan RestoreWait = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<SubTopologyGraph, ICatchUpReader> _readers = [];

    /// <summary>Records read.</summary>
    public long Records
    {
        get
        {
            long records = 0;
            foreach (ICatchUpReader reader in _readers.Values)
                records += reader.Records;
            return records;
        }
    }

    public void Add(SubTopologyGraph graph, IReadOnlyList<CatchUpPartition> partitions)
    {
        if (partitions.Count == 0)
            return;
        if (!_readers.TryGetValue(graph, out ICatchUpReader? reader))
            _readers.Add(graph, reader = clients.CatchUp("table", follow: true));
        reader.Add(partitions);
    }

    /// <summary>Stops reading partitions whose task has gone.</summary>
    public void Remove(IReadOnlyList<CatchUpPartition> partitions)
    {
        foreach (ICatchUpReader reader in _readers.Values)
            reader.Remove(partitions);
    }

    public void Step(int limit)
    {
        foreach (ICatchUpReader reader in _readers.Values)
            reader.Step(limit, reader.IsCaughtUp ? TimeSpan.Zero : RestoreWait);
    }

    public void Dispose()
    {
        foreach (ICatchUpReader reader in _readers.Values)
            reader.Dispose();
    }
}
