using UsageStreams.Model;

namespace UsageStreams.Oracle.Naive;

/// <summary>Says of each record where it must end, by the table of docs/metering.md and the reference data as they are in the end.</summary>
internal sealed class Judge(FinalReferences references, NaiveTerms terms)
{
    private readonly Dictionary<Identity, Arrived> _first = [];
    private readonly HashSet<Identity> _withdrawn = [];

    /// <summary>Judges records in the order in which they arrived.</summary>
    public IReadOnlyList<Judged> All(IReadOnlyList<Arrived> arrived)
    {
        var judged = new List<Judged>(arrived.Count);
        var firsts = new List<Arrived>(arrived.Count);
        foreach (var record in arrived)
        {
            var outcome = Rejected(record) ?? Repeated(record);
            if (outcome is null) firsts.Add(record);
            else judged.Add(Judged.As(record, outcome));
        }

        foreach (var record in firsts)
        {
            if ((record.Event!.Retracts ?? record.Event.Amends) is { } id) _withdrawn.Add(Identity.Of(record.Event) with { Id = id });
        }

        judged.AddRange(firsts.Select(Counted));
        return judged;
    }

    private string? Rejected(Arrived record)
    {
        if (record.Garbage is { } cause) return "rejected/" + cause;
        var usage = record.Event!;
        return usage.Tenant.Length == 0 ? "rejected/missing-tenant"
            : usage.Id.Length == 0 ? "rejected/missing-id"
            : usage.Source.Length == 0 ? "rejected/missing-source"
            : usage.Type.Length == 0 ? "rejected/missing-type"
            : record.Key != usage.Tenant ? "rejected/key-mismatch"
            : usage.Quantity < 0 ? "rejected/negative-quantity"
            : record.Time > record.Arrival + terms.Skew ? "rejected/future-event"
            : null;
    }

    private string? Repeated(Arrived record)
    {
        var identity = Identity.Of(record.Event!);
        if (!_first.TryGetValue(identity, out var first) || record.Arrival - first.Arrival > terms.DedupWindow)
        {
            _first[identity] = record;
            return null;
        }

        return SameContent(first.Event!, record.Event!) ? "duplicate/same" : "rejected/id-conflict";
    }

    private Judged Counted(Arrived record)
    {
        var usage = record.Event!;
        if (_withdrawn.Contains(Identity.Of(usage))) return Judged.As(record, "ledger/withdrawn");
        if (usage.Retracts is not null) return Judged.As(record, "ledger/correction");
        var wanted = references.MetricsOf(usage);
        var counting = wanted.Where(metric => metric.LatenessMillis == NaiveTerms.HoweverLate || record.Arrival - record.Time <= metric.LatenessMillis).ToList();
        if (wanted.Count > 0 && counting.Count == 0) return Judged.As(record, "late-rejected/too-late");
        if (references.AccountOf(usage.Tenant, record.Time) is not { } account) return Judged.As(record, "parked/unknown-tenant");
        if (references.ContractOf(account, record.Time) is not { } contract) return Judged.As(record, "parked/no-contract");
        if (!references.Sold(usage.Product, record.Time)) return Judged.As(record, "parked/unknown-product");
        if (!references.KnowsType(usage.Type)) return Judged.As(record, "parked/unknown-event-type");
        return new Judged(record, counting.Count > 0 ? "ledger/metered" : "ledger/unmetered", account.Id, contract.Id, counting);
    }

    private static bool SameContent(UsageEvent one, UsageEvent other) =>
        (one with { Properties = other.Properties }) == other
        && one.Properties.Count == other.Properties.Count
        && one.Properties.All(property => other.Properties.TryGetValue(property.Key, out var value) && value == property.Value);
}
