using System.Collections.Concurrent;
using UsageStreams.Streams.Faults;

namespace UsageStreams.Streams.Internal.Faults;

/// <summary>Counts of a thread's decisions; others may read them.</summary>
internal sealed class FaultTally
{
    private readonly ConcurrentDictionary<(string Node, FaultKind Kind, FaultDecision Decision), long> _counts = new();
    private long _rollbacks;

    public long RolledBack => Volatile.Read(ref _rollbacks);

    public IReadOnlyList<FaultCount> Snapshot() => _counts.IsEmpty
        ? []
        : FaultCount.Sum(_counts.Select(static c => new FaultCount(c.Key.Node, c.Key.Kind, c.Key.Decision, c.Value)));

    public void Add(string node, FaultKind kind, FaultDecision decision, long count = 1) =>
        _counts.AddOrUpdate((node, kind, decision), static (_, added) => added, static (_, before, added) => before + added, count);

    public void AddRollback() => Interlocked.Increment(ref _rollbacks);
}
