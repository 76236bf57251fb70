using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Metering.Decoding;
using UsageStreams.Topology.Metering.Judging;

namespace UsageStreams.Topology.Metering.Recount;

/// <summary>
/// Counts the events of a tenant anew. Each first occurrence is judged twice, by what it was counted by and by what it is to be counted by; what differs
/// are windows whose set of events is another, and endings.
/// </summary>
/// <param name="plan">What to count.</param>
/// <param name="before">Decides as it was.</param>
/// <param name="after">Decides as it is to be.</param>
/// <param name="reach">Events before this time are left as they are: not all that share a window with them can be read. Unix milliseconds, the start of a window of every metric.</param>
internal sealed class TenantRecount(TenantPlan plan, Judge before, Judge after, long reach)
{
    private readonly Dictionary<WindowKey, RecountedWindow> _windows = [];
    private readonly Dictionary<Ending, Flow> _flows = [];

    /// <summary>What to count.</summary>
    public TenantPlan Plan => plan;

    /// <summary>How endings move.</summary>
    public IReadOnlyDictionary<Ending, Flow> Flows => _flows;

    /// <summary>Windows whose set of events is another now, in order of time.</summary>
    public IEnumerable<KeyValuePair<WindowKey, RecountedWindow>> Changed => _windows
        .Where(static window => window.Value.IsChanged)
        .OrderBy(static window => window.Key.Start)
        .ThenBy(static window => window.Key.Metric, StringComparer.Ordinal)
        .ThenBy(static window => window.Key.Version)
        .ThenBy(static window => window.Key.Account, StringComparer.Ordinal)
        .ThenBy(static window => window.Key.Contract, StringComparer.Ordinal);

    /// <summary>Takes an event: a first occurrence, in the order of the log.</summary>
    /// <param name="incoming">The event.</param>
    /// <param name="at">Where it stands.</param>
    /// <param name="headers">Its headers.</param>
    /// <param name="wasWithdrawn">Whether it was taken out of what was counted.</param>
    /// <param name="isWithdrawn">Whether it is to be.</param>
    public void Take(in IncomingEvent incoming, in RecordMetadata at, RecordHeaders headers, bool wasWithdrawn, bool isWithdrawn)
    {
        var time = incoming.Usage.Time;
        if (time < reach) return;
        var was = before.Decide(incoming, at.Arrival, wasWithdrawn, plan.Before.Timeline, out var oldSpan);
        foreach (var rule in before.Counting)
        {
            if (Window(rule, time, oldSpan, plan.Before.Timeline.TenantVersion) is { } window) window.TakeOut(incoming.Identity);
        }

        var now = after.Decide(incoming, at.Arrival, isWithdrawn, plan.After.Timeline, out var newSpan);
        var counted = new CountedEvent(in incoming, newSpan, plan.After.Timeline.TenantVersion, in at, headers);
        foreach (var rule in after.Counting)
        {
            if (Window(rule, time, newSpan, plan.After.Timeline.TenantVersion) is { } window) window.Add(rule, counted);
        }

        Move(was, now, Waiting.One(time, at));
    }

    private void Move(Ending was, Ending now, in Waiting one)
    {
        var (from, to) = (FlowOf(was), FlowOf(now));
        from.Before++;
        to.After = to.After.With(one);
        if (ReferenceEquals(was, now)) return;
        from.Left++;
        to.Entered = to.Entered.With(one);
    }

    private Flow FlowOf(Ending ending)
    {
        if (!_flows.TryGetValue(ending, out var flow)) _flows.Add(ending, flow = new Flow());
        return flow;
    }

    private RecountedWindow? Window(MetricRule rule, long time, TimelineSpan span, int tenantVersion)
    {
        var key = new WindowKey(span.Account!, span.Contract!, rule.Code, rule.Version, rule.WindowStart(time));
        if (_windows.TryGetValue(key, out var window)) return window;
        foreach (var concern in plan.Concerns)
        {
            if (!concern.Touches(rule, key.Start)) continue;
            window = new RecountedWindow(span, Partial.Instead(rule.Aggregation, span.ContractVersion, $"{plan.Tenant}@{tenantVersion}", concern.Cause));
            _windows.Add(key, window);
            return window;
        }

        return null;
    }
}

/// <summary>A window as it was and as it is to be.</summary>
/// <param name="span">What its usage belongs to.</param>
/// <param name="instead">The tenant's whole contribution to it, empty at first.</param>
internal sealed class RecountedWindow(TimelineSpan span, Partial instead)
{
    private long _count;
    private EventDigest _digest;

    /// <summary>What its usage belongs to.</summary>
    public TimelineSpan Span => span;

    /// <summary>The tenant's whole contribution to it.</summary>
    public Partial Instead => instead;

    /// <summary>Whether other events are in it than were.</summary>
    public bool IsChanged => _count != instead.Contribution.Lineage.Count || _digest != instead.Contribution.Lineage.Digest;

    /// <summary>An event was in it.</summary>
    public void TakeOut(EventDigest identity)
    {
        _count++;
        _digest += identity;
    }

    /// <summary>An event is to be in it.</summary>
    public void Add(MetricRule rule, in CountedEvent counted) =>
        instead.Add(counted.SampleOf(rule), new EventPosition(counted.At.Topic, counted.At.Partition, counted.At.Offset), counted.Headers);
}
