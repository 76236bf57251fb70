using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Metering.Decoding;
using UsageStreams.Topology.Metering.Judging;
using UsageStreams.Topology.Metering.State;

namespace UsageStreams.Topology.Metering.Recount;

/// <summary>
/// Takes events out of what was counted that their producers took back, each alone: it is read again where it stands, judged as it was, and taken out of its
/// windows. Each is done with when it is read. Where that is not enough, because what is left depends on other events, it is left to a recount.
/// </summary>
internal sealed class TakingOut
{
    private readonly MeterState _state;
    private readonly OpenPartials _partials;
    private readonly Judge _judge;
    private readonly Reach _reach;
    private readonly List<EventDigest> _tried = [];

    /// <param name="state">What the task knows.</param>
    /// <param name="partials">Where to.</param>
    /// <param name="floor">Arrival beyond which first occurrences can't be told from repetitions any more, Unix milliseconds.</param>
    public TakingOut(MeterState state, OpenPartials partials, long floor)
    {
        (_state, _partials) = (state, partials);
        // Of its own: the one that judges what comes remembers its last event.
        _judge = new Judge(state.Rules.Judge.Metrics, state.Rules.Judge.Products);
        _reach = Reach.Of(floor, _judge.Metrics.Metrics);
        foreach (var identity in state.Withdrawals.Untried)
        {
            _tried.Add(identity);
            if (state.Seen.TryGet(identity, out var first) && first.Arrival == state.Withdrawals.Pending[identity].Counted) Offsets.Add(first.Offset);
        }
    }

    /// <summary>Where the events stand.</summary>
    public List<long> Offsets { get; } = [];

    /// <summary>Takes an event out.</summary>
    /// <param name="record">The event.</param>
    /// <param name="at">Where it stands.</param>
    /// <param name="now">When it is done, Unix milliseconds: what locks are held against.</param>
    public void Take(in Record<string, IncomingEvent> record, in RecordMetadata at, long now)
    {
        var incoming = record.Value;
        if (!_state.Withdrawals.Pending.TryGetValue(incoming.Identity, out var withdrawal) || !_state.Seen.IsFirst(incoming, at.Offset)) return;
        if (!_state.Tenants.TryGet(record.Key, out var tenant)) return;
        if (incoming.Usage.Time < _reach.Of(tenant))
        {
            _reach.Tell(_state.Exceptions, record.Key, tenant, incoming.Usage.Time, now);
            _state.Withdrawals.Settle(incoming.Identity);
            return;
        }

        var was = _judge.Decide(incoming, at.Arrival, isWithdrawn: false, tenant.Timeline, out var span);
        // Of what waits, a recount says anew how old it is and where it stands.
        if (was.IsParked || !CanTakeOut(_judge.Counting)) return;
        var counted = new CountedEvent(in incoming, span, tenant.Timeline.TenantVersion, in at, record.Headers);
        _partials.TakeOut(_judge.Counting, counted, Causes.Of(withdrawal).Cause, now);
        Move(record.Key, was);
        _state.Withdrawals.Settle(incoming.Identity);
    }

    /// <summary>All were read: what is pending still is left to a recount.</summary>
    public void Finish()
    {
        foreach (var identity in _tried) _state.Withdrawals.LeaveToRecount(identity);
    }

    private void Move(string tenant, Ending was)
    {
        _state.Outcomes.Count(tenant, was, -1);
        _state.Outcomes.Count(tenant, Ending.Withdrawn);
        if (ExceptionTexts.Of(was) is { } told) _state.Exceptions.Settle(tenant, told.Kind, was.Reason, 1);
    }

    private static bool CanTakeOut(ReadOnlySpan<MetricRule> rules)
    {
        foreach (var rule in rules)
        {
            if (!Contribution.CanTakeOut(rule.Aggregation)) return false;
        }

        return true;
    }
}
