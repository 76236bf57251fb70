using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using UsageStreams.Streams.Faults;

namespace UsageStreams.Streams.Internal.Faults;

/// <summary>Counts of a thread's decisions; others may read them.</summary>
internal sealed class FaultTally(string applicationId)
{
    private static readonly Meter Meter = new("UsageStreams.Streams");
    private static readonly Counter<long> Faults = Meter.CreateCounter<long>("usagestreams.streams.faults", "{record}", "Decisions about records that failed.");
    private static readonly Counter<long> Rollbacks = Meter.CreateCounter<long>(
        "usagestreams.streams.fault.rollbacks", "{transaction}", "Transactions aborted because a record failed after it had changed or sent something.");

    private readonly ConcurrentDictionary<(string Node, FaultKind Kind, FaultDecision Decision), long> _counts = new();
    private readonly KeyValuePair<string, object?> _application = new("application", applicationId);
    private long _rollbacks;

    public long RolledBack => Volatile.Read(ref _rollbacks);

    public IReadOnlyList<FaultCount> Snapshot() => _counts.IsEmpty
        ? []
        : FaultCount.Sum(_counts.Select(static c => new FaultCount(c.Key.Node, c.Key.Kind, c.Key.Decision, c.Value)));

    public void Add(string node, FaultKind kind, FaultDecision decision, long count = 1)
    {
        _counts.AddOrUpdate((node, kind, decision), static (_, added) => added, static (_, before, added) => before + added, count);
        Faults.Add(count, _application, new("node", node), new("kind", kind.ToString()), new("decision", decision.ToString()));
    }

    public void AddRollback()
    {
        Interlocked.Increment(ref _rollbacks);
        Rollbacks.Add(1, _application);
    }
}
