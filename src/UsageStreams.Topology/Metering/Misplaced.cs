using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>
/// Tells of tenants whose events don't stand where their key belongs: of the first event in a partition, and once more of the first that arrives after a
/// person has settled it.
/// </summary>
internal sealed class Misplaced(MeterState state)
{
    private const string Reason = "other-partition";

    /// <summary>When it was settled, by tenant, Unix milliseconds.</summary>
    private readonly Dictionary<string, long> _settled = new(StringComparer.Ordinal);
    private long _version = -1;

    /// <summary>A tenant's first event has come.</summary>
    public void Begin(string tenant, long time, in RecordMetadata at)
    {
        if (state.Input.HomeOf(tenant) != at.Partition) Tell(tenant, time, at);
    }

    /// <summary>An event has come. Costs nothing as long as nothing is settled.</summary>
    public void Look(string tenant, long time, in RecordMetadata at)
    {
        if (state.References.DecisionsVersion != _version) Refresh();
        if (_settled.Count == 0 || !_settled.TryGetValue(tenant, out var settled) || at.Arrival <= settled) return;
        Tell(tenant, time, at);
        _settled.Remove(tenant);
    }

    private void Tell(string tenant, long time, in RecordMetadata at) =>
        state.Exceptions.Raise(tenant, ExceptionKind.Misplaced, Reason, ExceptionTexts.Misplaced(tenant, state.Input, at.Topic), Waiting.One(time, at), at.Arrival);

    private void Refresh()
    {
        _version = state.References.DecisionsVersion;
        _settled.Clear();
        foreach (var decision in state.References.Decisions)
        {
            if (state.Exceptions.SettledBy(decision) is { Kind: ExceptionKind.Misplaced } told) _settled[told.Tenant] = decision.Time.ToUnixTimeMilliseconds();
        }
    }
}
