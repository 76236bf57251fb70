namespace UsageStreams.Model;

/// <summary>
/// Tells where an event ends and by which rule, from its tenant's records and the reference data: the rules of metering, said a second time, so that they
/// can be explained and checked.
/// </summary>
/// <param name="references">Reference data as they are now.</param>
/// <param name="dedupWindow">How long identities are remembered, measured in arrival.</param>
/// <param name="isElsewhere">Of a region: tells whether a tenant is at home in another; null where nobody asks.</param>
public sealed class EventJudge(ReferenceHistory references, TimeSpan dedupWindow, Func<string, bool>? isElsewhere = null)
{
    /// <summary>Where an event ends.</summary>
    /// <param name="record">The record.</param>
    /// <param name="others">The records with the same key in its partition, in order; it may be among them.</param>
    public EventVerdict Judge(EventRecord record, IReadOnlyList<EventRecord> others)
    {
        if (record.Fault() is { } fault) return new EventVerdict(EventOutcome.Rejected, fault.Code, fault.Text);
        if (FirstOf(record, others) is { } first) return Repeats(record, first);
        var usage = record.Usage!;
        if (others.FirstOrDefault(other => TakesBack(other, record)) is { } withdrawal)
            return new EventVerdict(EventOutcome.Ledger, "withdrawn", $"It was taken back by {withdrawal.Usage!.Id} ({(withdrawal.Usage.Amends is null ? "a retraction" : "an amendment")}).") { Other = withdrawal };
        if (usage.Retracts is { } retracted)
        {
            var target = others.FirstOrDefault(other => TakesBack(record, other));
            return new EventVerdict(EventOutcome.Ledger, "correction", target is null
                ? $"It takes back event {retracted} of source {usage.Source}, which is not in its partition: nothing came of it yet."
                : $"It takes back event {retracted} of source {usage.Source}, and counts nothing itself.") { Other = target };
        }

        return Count(record);
    }

    private EventVerdict Count(EventRecord record)
    {
        var usage = record.Usage!;
        var span = references.SpanOf(usage.Tenant, usage.Time.ToUnixTimeMilliseconds());
        var uses = new List<MetricUse>();
        var late = new List<LateMetric>();
        foreach (var rule in references.Rules.OrderBy(static rule => rule.Code, StringComparer.Ordinal).ThenBy(static rule => rule.Version))
        {
            if (MetricCounting.Count(rule, record, out var over) is { } counted)
            {
                var start = rule.WindowStart(counted.Time);
                uses.Add(new MetricUse(new WindowKey(span.Account ?? string.Empty, span.Contract ?? string.Empty, rule.Code, rule.Version, start), start + rule.Window, counted));
            }
            else if (over > 0)
            {
                late.Add(new LateMetric(rule.Code, rule.Version, TimeSpan.FromMilliseconds(over)));
            }
        }

        if (uses.Count == 0 && late.Count > 0)
            return new EventVerdict(EventOutcome.LateRejected, "too-late", $"It arrived {Arrival(record) - usage.Time:g} after its time, later than every metric allows that would count it.") { TooLate = late };
        if (Missing(usage, span) is { } parked) return parked with { TooLate = late };
        return uses.Count == 0
            ? new EventVerdict(EventOutcome.Ledger, "unmetered", $"Its type {usage.Type} is known, and {(Looks(usage) ? "no metric's filter takes it" : "no metric that looks at it holds at its time")}.") { Account = span.Account, Contract = span.Contract }
            : new EventVerdict(EventOutcome.Ledger, "metered", FormattableString.Invariant($"It is counted by {uses.Count} metric(s)."))
            {
                Account = span.Account, Contract = span.Contract, Metrics = uses, TooLate = late,
            };
    }

    private bool Looks(UsageEvent usage) => references.Rules.Any(rule => rule.KnowsType(usage.Type) && rule.Covers(usage.Time.ToUnixTimeMilliseconds()));

    private EventVerdict? Missing(UsageEvent usage, TimelineSpan span)
    {
        if (isElsewhere?.Invoke(usage.Tenant) == true)
            return Parked("other-region", $"Tenant {usage.Tenant} is at home in another region; what was counted here before it moved stays counted.", "It is counted when the rules of the regions say otherwise.");
        if (span.Gap == TimelineGap.NoContract)
            return Parked("no-contract", $"Account {span.Account} has no contract at {usage.Time:O}.") with { Account = span.Account };
        if (!span.IsResolved)
            return Parked("unknown-tenant", span.Account is null ? $"Tenant {usage.Tenant} belongs to no account at {usage.Time:O}." : $"Tenant {usage.Tenant} leads to account {span.Account} at {usage.Time:O}, which is not known or merged in a circle.");
        if (!references.Sells(usage.Product, usage.Time)) return Parked("unknown-product", $"Product {usage.Product} is not sold at {usage.Time:O}.");
        return references.Rules.Any(rule => rule.KnowsType(usage.Type)) ? null : Parked("unknown-event-type", $"No metric looks at events of type {usage.Type}.");
    }

    // A repetition does not prolong the memory of the first; when that has passed, the next is a first again.
    private EventRecord? FirstOf(EventRecord record, IReadOnlyList<EventRecord> others)
    {
        EventRecord? first = null;
        foreach (var other in others)
        {
            if (other.Partition != record.Partition || other.Offset >= record.Offset || other.Identity != record.Identity || other.Fault() is not null) continue;
            if (first is null || !Remembers(first, other)) first = other;
        }

        return first is not null && Remembers(first, record) ? first : null;
    }

    private bool Remembers(EventRecord first, EventRecord other) => other.Arrival - first.Arrival <= dedupWindow.TotalMilliseconds;

    private static EventVerdict Repeats(EventRecord record, EventRecord first) => record.SaysTheSame(first)
        ? new EventVerdict(EventOutcome.Duplicate, "same", $"Its tenant, source and id stand at {first.Position} already, with the same content.") { Other = first }
        : new EventVerdict(EventOutcome.Rejected, "id-conflict", $"Its tenant, source and id stand at {first.Position} already, with other content; the first stays.") { Other = first };

    // Whether one event takes another back: an id of the same tenant and source; a withdrawal that is rejected takes nothing back.
    private static bool TakesBack(EventRecord withdrawal, EventRecord record) =>
        withdrawal.Usage is { } usage && record.Usage is { } target && withdrawal.Identity != record.Identity
        && string.Equals(usage.Retracts ?? usage.Amends, target.Id, StringComparison.Ordinal)
        && string.Equals(usage.Source, target.Source, StringComparison.Ordinal) && string.Equals(usage.Tenant, target.Tenant, StringComparison.Ordinal)
        && withdrawal.Fault() is null;

    private static DateTimeOffset Arrival(EventRecord record) => DateTimeOffset.FromUnixTimeMilliseconds(record.Arrival);

    private static EventVerdict Parked(string reason, string text, string when = "It is counted when that comes.") => new(EventOutcome.Parked, reason, $"{text} {when}");
}
