using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Metering.Decoding;
using UsageStreams.Topology.Metering.Judging;
using UsageStreams.Topology.Metering.Recount;
using UsageStreams.Topology.Metering.State;

namespace UsageStreams.Topology.Metering;

/// <summary>
/// Counts events per window and tenant, each first occurrence once, and sees to it that every event ends in exactly one place. What was counted before
/// reference data changed, or before an event was taken back, <see cref="Recounting"/> counts anew.
/// </summary>
internal sealed class Meter(MeteringStores stores, MeterTables tables, MeteringOptions options, SideOutput<byte[]?, RejectedEvent> conflicts)
    : IProcessor<string, IncomingEvent, PartialKey, Partial>
{
    private ProcessorContext<PartialKey, Partial> _context = null!;
    private MeterState _state = null!;
    private OpenPartials _partials = null!;
    private Misplaced _misplaced = null!;
    private long _adopted = -1;

    public void Init(ProcessorContext<PartialKey, Partial> context)
    {
        _context = context;
        _state = MeterState.Of(context, stores, tables, options);
        _partials = new OpenPartials(context, _state.References);
        _misplaced = new Misplaced(_state);
        new Recounting(context, _state, _partials, options).Start();
    }

    public void Process(in Record<string, IncomingEvent> record)
    {
        var at = _context.Metadata;
        var incoming = record.Value;
        if (_state.Seen.Remember(incoming, at) is { } repetition)
        {
            Repeat(record, repetition, at);
            return;
        }

        var tenant = TenantOf(record.Key, incoming, at);
        _misplaced.Look(record.Key, incoming.Usage.Time, at);
        if (incoming.Withdrawal is { } withdrawal) TakeBack(record.Key, withdrawal, incoming, at);
        var isWithdrawn = _state.Withdrawals.TryGet(incoming.Identity, out var taken);
        if (isWithdrawn) Match(incoming.Identity, taken);
        var judge = _state.Rules.Judge;
        var ending = judge.Decide(incoming, at.Arrival, isWithdrawn, tenant.Timeline, out var span);
        _state.Outcomes.Count(record.Key, ending);
        var counting = judge.Counting;
        if (counting.Length > 0)
        {
            _partials.Add(counting, new CountedEvent(ref incoming, span, tenant.Timeline.TenantVersion, ref at, record.Headers));
        }

        if (!ReferenceEquals(ending, Ending.Metered) || judge.PartlyLate is not null) Tell(record.Key, ending, judge.PartlyLate, Waiting.One(incoming.Usage.Time, at), at.Arrival);
    }

    private void Repeat(in Record<string, IncomingEvent> record, Ending repetition, in RecordMetadata at)
    {
        _state.Outcomes.Count(record.Key, repetition);
        if (!ReferenceEquals(repetition, Ending.Conflict)) return;
        _state.Seen.TryGet(record.Value.Identity, out var first);
        var text = $"An event of the same tenant, source and id stands at offset {first.Offset} with other content and was counted; this one was not. "
            + "Its producer must give different events different ids, or amend the first.";
        _state.Exceptions.Raise(record.Key, ExceptionKind.Rejected, repetition.Reason, text, Waiting.One(record.Value.Usage.Time, at), at.Arrival);
        _context.Forward(conflicts, Rejections.Of(record, repetition.Reason, text, at));
    }

    /// <summary>What the tenant's events are counted by: from its first event on what reference data say then, later what the last recount applied.</summary>
    private AppliedTenant TenantOf(string tenant, in IncomingEvent first, in RecordMetadata at)
    {
        if (_state.Tenants.TryGet(tenant, out var applied)) return applied;
        if (_state.Tenants.Count == 0 && _adopted != _state.References.Version)
        {
            // Nothing was counted yet: there is nothing that metrics or products could change.
            if (_state.Rules.Next(_state.References) is { } next) _state.Rules.Apply(next);
            _adopted = _state.References.Version;
        }

        long? awayFrom = _state.References.IsElsewhere(tenant) ? long.MinValue : null;
        applied = new AppliedTenant { Timeline = _state.References.TimelineOf(tenant, awayFrom), AwayFrom = awayFrom, Since = at.Arrival };
        _state.Tenants.Put(tenant, applied);
        _misplaced.Begin(tenant, first.Usage.Time, at);
        return applied;
    }

    private void TakeBack(string tenant, TakesBack withdrawal, in IncomingEvent by, in RecordMetadata at)
    {
        // A withdrawal holds for ever; a second one changes nothing.
        if (_state.Withdrawals.TryGet(withdrawal.Target, out _)) return;
        var isMatched = _state.Seen.TryGet(withdrawal.Target, out var target) && at.Arrival - target.Arrival <= options.DedupMillis;
        _state.Withdrawals.Put(withdrawal.Target, new Withdrawal
        {
            Tenant = tenant,
            Arrival = at.Arrival,
            By = withdrawal.Id,
            Amends = withdrawal.Amends,
            Time = isMatched ? target.Time : null,
            Counted = isMatched ? target.Arrival : 0,
            IsMatched = isMatched,
        });
        if (isMatched) return;
        var text = $"Event '{withdrawal.Id}' takes back an event that was not seen in the last {options.DedupWindow.TotalDays:0.#} days. When it comes it is not counted; "
            + "if it was counted before that, correct it by hand.";
        _state.Exceptions.Raise(tenant, ExceptionKind.UnmatchedWithdrawal, "not-seen", text, Waiting.One(by.Usage.Time, at), at.Arrival);
    }

    private void Match(EventDigest identity, Withdrawal withdrawal)
    {
        if (withdrawal.IsMatched) return;
        _state.Withdrawals.Put(identity, withdrawal with { IsMatched = true });
        _state.Exceptions.Settle(withdrawal.Tenant, ExceptionKind.UnmatchedWithdrawal, "not-seen", 1);
    }

    private void Tell(string tenant, Ending ending, MetricRule? partlyLate, in Waiting one, long arrival)
    {
        if (ending.IsParked) _state.Parked.Park(tenant, ending.Reason, one);
        if (ExceptionTexts.Of(ending) is { } told) _state.Exceptions.Raise(tenant, told.Kind, ending.Reason, told.Text, one, arrival);
        if (partlyLate is not null)
            _state.Exceptions.Raise(tenant, ExceptionKind.PartlyLate, partlyLate.Code, ExceptionTexts.PartlyLate(partlyLate), one, arrival);
    }
}
