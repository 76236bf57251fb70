using UsageStreams.Host.Generate;
using UsageStreams.Host.Projecting;

namespace UsageStreams.Chaos.Report;

/// <summary>Holds the topics against the generator's totals.</summary>
internal static class Comparison
{
    public static IReadOnlyList<Figure> Of(Projection now, GeneratedTotals told)
    {
        var rejected = told.Of(GeneratedKind.Undecodable) + told.Of(GeneratedKind.Invalid) + told.Of(GeneratedKind.Conflict);
        var parked = told.Of(GeneratedKind.UnknownTenant);
        return
        [
            new("published", told.Records, now.EventsRead),
            new("read", told.Records, now.Outcomes.Read),
            new("counted", told.Of(GeneratedKind.Event) + told.Of(GeneratedKind.Retraction), now.Outcomes.Counted),
            new("duplicate", told.Of(GeneratedKind.Duplicate), now.Outcomes.Duplicate),
            new("rejected", rejected, now.Outcomes.Rejected),
            new("usage.rejected", rejected, now.Rejected),
            new("parked", parked, now.Outcomes.Parked),
            new("usage.parked", parked, now.Parked),
            new("api.calls", told.ApiCalls, now.Metrics.GetValueOrDefault("api.calls")),
            new("bytes.out", told.BytesOut, now.Metrics.GetValueOrDefault("bytes.out")),
            new("active.users", told.ActiveUsers, now.Metrics.GetValueOrDefault("active.users")),
            new("billed api.calls", told.ApiCalls, Billed(now, "api.calls")),
            new("billed bytes.out", told.BytesOut, Billed(now, "bytes.out")),
        ];
    }

    private static decimal Billed(Projection now, string metric) => now.Transactions.Sum(transaction =>
        transaction.Lines.Where(line => line.Metric == metric).Sum(static line => line.Quantity));
}
