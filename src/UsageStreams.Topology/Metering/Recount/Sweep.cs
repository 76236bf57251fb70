using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Metering.Judging;
using UsageStreams.Topology.Metering.State;

namespace UsageStreams.Topology.Metering.Recount;

/// <summary>
/// Compares what each tenant was counted by with the reference data of now, some tenants at a time. What can't have been counted yet is taken over at once.
/// </summary>
/// <param name="state">What the task knows.</param>
/// <param name="newest">Largest event time that was counted, Unix milliseconds.</param>
/// <param name="ahead">An event time that nothing was counted of yet, nor of what follows, Unix milliseconds.</param>
internal sealed class Sweep(MeterState state, long newest, long ahead)
{
    private readonly List<string> _tenants = [.. state.Tenants.All.Select(static entry => entry.Key)];
    private readonly Dictionary<string, (long Count, ExceptionDecision Last)> _redrives = state.References.Redrives();
    private readonly Causes _causes = new(state.References);
    private int _next;

    /// <summary>Tenants that are to be counted anew.</summary>
    public Dictionary<string, TenantPlan> Due { get; } = new(StringComparer.Ordinal);

    /// <summary>Metrics and products that are to be counted by; null when they stay.</summary>
    public Judge? Rules { get; private set; }

    /// <summary>What concerns all tenants.</summary>
    public IReadOnlyList<Concern> RuleConcerns { get; private set; } = [];

    /// <summary>Whether anything is to be counted anew.</summary>
    public bool IsAnythingDue => Due.Count > 0 || RuleConcerns.Count > 0;

    /// <summary>Looks at metrics and products.</summary>
    public void CompareRules()
    {
        if (state.Rules.Next(state.References) is not { } next) return;
        var concerns = Causes.Of(state.Rules.Judge, next);
        if (state.Tenants.Count == 0 || concerns.TrueForAll(concern => concern.From > newest))
        {
            state.Rules.Apply(next);
            return;
        }

        (Rules, RuleConcerns) = (next, concerns);
    }

    /// <summary>Looks at the next tenants.</summary>
    /// <returns>Whether all were looked at.</returns>
    public bool Compare(int slice)
    {
        for (var end = Math.Min(_tenants.Count, _next + slice); _next < end; _next++) Compare(_tenants[_next]);
        return _next == _tenants.Count;
    }

    private void Compare(string tenant)
    {
        if (!state.Tenants.TryGet(tenant, out var before)) return;
        var awayFrom = AwayFrom(tenant, before);
        var timeline = state.References.TimelineOf(tenant, awayFrom);
        var concerns = new List<Concern>();
        foreach (var difference in before.Timeline.Differences(timeline))
        {
            if (difference.From <= newest) concerns.Add(_causes.Of(before.Timeline, timeline, difference));
        }

        var redrives = _redrives.GetValueOrDefault(tenant);
        if (redrives.Count > before.Redrives) concerns.Add(Causes.Of(redrives.Last));
        var after = before with { Timeline = timeline, AwayFrom = awayFrom, Redrives = redrives.Count };
        if (concerns.Count > 0) Due.Add(tenant, new TenantPlan(tenant, before, after, concerns));
        else if (!AppliedRules.Same(before, after)) state.Tenants.Put(tenant, after);
    }

    // What was counted here while the tenant was at home here stays: its home may have moved. Where nothing was, nothing is to be.
    private long? AwayFrom(string tenant, AppliedTenant before) =>
        !state.References.IsElsewhere(tenant) ? null
        : before.AwayFrom ?? (before.Timeline.Spans.Any(static span => span.IsResolved) ? ahead : long.MinValue);
}
