using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Metering.Decoding;
using UsageStreams.Topology.Metering.Judging;
using UsageStreams.Topology.Metering.State;

namespace UsageStreams.Topology.Metering.Recount;

/// <summary>One reading of a task's past for all tenants that are due.</summary>
internal sealed class RecountPass
{
    private readonly MeterState _state;
    private readonly Dictionary<string, TenantPlan> _plans;
    private readonly IReadOnlyList<Concern> _ruleConcerns;
    private readonly Judge? _rules;
    private readonly Dictionary<EventDigest, Withdrawal> _withdrawn;
    private readonly Dictionary<string, TenantRecount> _recounts = new(StringComparer.Ordinal);
    private readonly Judge _before;
    private readonly Judge _after;
    private readonly Reach _reach;

    private RecountPass(MeterState state, Sweep sweep, Dictionary<string, TenantPlan> plans, long floor)
    {
        (_state, _plans, _ruleConcerns, _rules) = (state, plans, sweep.RuleConcerns, sweep.Rules);
        _withdrawn = new Dictionary<EventDigest, Withdrawal>(state.Withdrawals.Pending);
        // Of their own: the one that judges what comes remembers its last event.
        _before = new Judge(state.Rules.Judge.Metrics, state.Rules.Judge.Products);
        _after = _rules is null ? new Judge(_before.Metrics, _before.Products) : new Judge(_rules.Metrics, _rules.Products);
        _reach = Reach.Of(floor, _before.Metrics.Metrics.Concat(_after.Metrics.Metrics));
        FromArrival = Math.Max(floor, Begin());
    }

    /// <summary>Arrival from which the past is read, Unix milliseconds.</summary>
    public long FromArrival { get; }

    /// <summary>What is to be read; null when nobody is due.</summary>
    /// <param name="state">What the task knows.</param>
    /// <param name="sweep">Who is due by reference data.</param>
    /// <param name="floor">Arrival beyond which first occurrences can't be told from repetitions any more, Unix milliseconds.</param>
    public static RecountPass? Plan(MeterState state, Sweep sweep, long floor)
    {
        var plans = sweep.Due;
        foreach (var withdrawal in state.Withdrawals.Pending.Values)
        {
            if (!state.Tenants.TryGet(withdrawal.Tenant, out var applied)) continue;
            var plan = plans.GetValueOrDefault(withdrawal.Tenant) ?? new TenantPlan(withdrawal.Tenant, applied, applied, []);
            plans[withdrawal.Tenant] = plan with { Concerns = [Causes.Of(withdrawal), .. plan.Concerns] };
        }

        foreach (var (tenant, plan) in plans.ToList()) plans[tenant] = plan with { Concerns = [.. plan.Concerns, .. sweep.RuleConcerns] };
        return plans.Count > 0 || sweep.RuleConcerns.Count > 0 ? new RecountPass(state, sweep, plans, floor) : null;
    }

    /// <summary>Takes a record of the past.</summary>
    public void Take(in Record<string, IncomingEvent> record, in RecordMetadata at, PastInputStart? start)
    {
        // Retention may have taken more than what is asked for.
        if (start is { IsCutOff: true, Arrival: { } first }) _reach.Raise(first);
        if (RecountOf(record.Key) is not { } recount || !_state.Seen.IsFirst(record.Value, at.Offset)) return;
        var identity = record.Value.Identity;
        var wasWithdrawn = _state.Withdrawals.IsInEffect(identity);
        recount.Take(record.Value, at, record.Headers, wasWithdrawn, wasWithdrawn || _withdrawn.ContainsKey(identity));
    }

    /// <summary>Sends what differs, and counts by the new from here on.</summary>
    /// <param name="partials">Where to.</param>
    /// <param name="now">When the recount is done, Unix milliseconds: what locks are held against.</param>
    public void Finish(OpenPartials partials, long now)
    {
        partials.Reopen();
        var windows = _recounts.Values
            .SelectMany(static recount => recount.Changed, static (recount, window) => (recount.Plan.Tenant, window.Key, Window: window.Value))
            .OrderBy(static one => one.Key.Start);
        foreach (var (tenant, key, window) in windows)
            partials.Replace(new PartialKey(key, new Contributor(tenant, _state.Input.Number), partials.BookedIn(window.Span, key.Start, now)), window.Instead, key.Start);
        foreach (var recount in _recounts.Values) Move(recount, now);
        foreach (var plan in _plans.Values)
        {
            TellBeyond(plan, now);
            if (!ReferenceEquals(plan.Before, plan.After)) _state.Tenants.Put(plan.Tenant, plan.After);
        }

        if (_ruleConcerns.Count > 0) TellBeyondOfRules(now);
        foreach (var identity in _withdrawn.Keys) _state.Withdrawals.Settle(identity);
        if (_rules is not null) _state.Rules.Apply(_rules);
    }

    private TenantRecount? RecountOf(string tenant)
    {
        if (_recounts.TryGetValue(tenant, out var recount)) return recount;
        if (!_plans.TryGetValue(tenant, out var plan))
        {
            if (_ruleConcerns.Count == 0 || !_state.Tenants.TryGet(tenant, out var applied)) return null;
            plan = new TenantPlan(tenant, applied, applied, _ruleConcerns);
        }

        recount = new TenantRecount(plan, _before, _after, _reach.Of(plan.Before));
        _recounts.Add(tenant, recount);
        return recount;
    }

    private long Begin()
    {
        var begin = long.MaxValue;
        foreach (var plan in _plans.Values)
        {
            foreach (var concern in plan.Concerns) begin = Math.Min(begin, Math.Max(plan.Before.Since, Begin(concern)));
        }

        foreach (var concern in _ruleConcerns) begin = Math.Min(begin, Begin(concern));
        return begin;
    }

    // Nothing arrives more than the skew before it happens.
    private static long Begin(Concern concern) => concern.From < 0 ? 0 : Math.Max(0, DayOf(concern.From) - MeteringOptions.SkewMillis);

    private static long DayOf(long time) => time - (((time % Reach.DayMillis) + Reach.DayMillis) % Reach.DayMillis);

    private void Move(TenantRecount recount, long now)
    {
        var tenant = recount.Plan.Tenant;
        foreach (var (ending, flow) in recount.Flows)
        {
            if (flow.Left == 0 && flow.Entered.Count == 0) continue;
            _state.Outcomes.Count(tenant, ending, flow.Entered.Count - flow.Left);
            if (ending.IsParked) _state.Parked.Replace(tenant, ending.Reason, flow.Before, flow.After);
            if (ExceptionTexts.Of(ending) is not { } told) continue;
            _state.Exceptions.Settle(tenant, told.Kind, ending.Reason, flow.Left);
            if (flow.Entered.Count > 0) _state.Exceptions.Raise(tenant, told.Kind, ending.Reason, told.Text, flow.Entered, now);
        }
    }

    private void TellBeyondOfRules(long now)
    {
        foreach (var (tenant, applied) in _state.Tenants.All)
        {
            if (!_plans.ContainsKey(tenant)) TellBeyond(new TenantPlan(tenant, applied, applied, _ruleConcerns), now);
        }
    }

    private void TellBeyond(TenantPlan plan, long now) =>
        _reach.Tell(_state.Exceptions, plan.Tenant, plan.Before, plan.Concerns.Min(static concern => concern.From), now);
}
