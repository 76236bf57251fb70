using UsageStreams.Model;

namespace UsageStreams.Topology.Regions;

/// <summary>
/// What of a region's ledger and totals leaves it. Records are made anew, field by field: what a schema gains stays home until it is named here.
/// </summary>
internal sealed class Aggregates(string region, KeptHome kept)
{
    /// <summary>Stands before ids and keys of the region, whose own are unique within it only.</summary>
    public string Prefix { get; } = region + "/";

    /// <summary>An entry without what tells of persons or of single events. Its source ranges say where the events stand; only the region can read them.</summary>
    public LedgerEntry Of(LedgerEntry entry) => new()
    {
        Id = Prefix + entry.Id,
        Account = entry.Account,
        Contract = entry.Contract,
        Metric = entry.Metric,
        MetricVersion = entry.MetricVersion,
        WindowStart = entry.WindowStart,
        WindowEnd = entry.WindowEnd,
        Quantity = entry.Quantity,
        Total = entry.Total,
        Count = entry.Count,
        First = entry.First,
        Last = entry.Last,
        Revision = entry.Revision,
        Kind = entry.Kind,
        Sources = entry.Sources,
        Digest = entry.Digest,
        Trace = Trace.None,
        BookedIn = entry.BookedIn,
        Cause = entry.Cause is { } cause ? Of(cause) : null,
        ContractVersion = entry.ContractVersion,
        Mappings = kept.HasFlag(KeptHome.Tenants) ? [] : entry.Mappings,
        TopologyVersion = entry.TopologyVersion,
        Traces = [],
        Region = region,
    };

    /// <summary>A total, which has nothing to leave out.</summary>
    public RunningTotal Of(RunningTotal total) => new()
    {
        Account = total.Account,
        Contract = total.Contract,
        Metric = total.Metric,
        PeriodStart = total.PeriodStart,
        Quantity = total.Quantity,
        Count = total.Count,
        Last = total.Last,
        Region = region,
    };

    // The reference data that these name are global anyway. The others name events, and are told in words of whoever sent them.
    private Cause Of(Cause cause)
    {
        var isGlobal = cause.Kind is CauseKind.Contract or CauseKind.Metric || (cause.Kind == CauseKind.Mapping && !kept.HasFlag(KeptHome.Tenants));
        var names = isGlobal && !kept.HasFlag(KeptHome.Actors);
        return new Cause { Kind = cause.Kind, Reference = isGlobal ? cause.Reference : "", Actor = names ? cause.Actor : "", Reason = names ? cause.Reason : "" };
    }
}
