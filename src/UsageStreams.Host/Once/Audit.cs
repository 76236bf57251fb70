using System.Globalization;
using UsageStreams.Host.Projecting;
using UsageStreams.Model;
using UsageStreams.Sandbox;

namespace UsageStreams.Host.Once;

/// <summary>Holds what came out against the recount, and the parts against each other.</summary>
internal static class Audit
{
    private static readonly string[] Metrics = [RecountTerms.ApiCalls, RecountTerms.BytesOut, RecountTerms.ActiveUsers];

    /// <summary>Draws up the statement.</summary>
    public static Statement Of(Projection projection, Recount recount, SandboxSummary sandbox, TimeSpan took)
    {
        var outcomes = projection.Outcomes;
        return new Statement(
            outcomes with
            {
                Read = projection.EventsRead + projection.RejectedLines,
                Rejected = projection.Rejected,
                Parked = projection.Parked,
            },
            projection.Tenants,
            projection.Accounts,
            Metrics.Concat(projection.Metrics.Keys.Except(Metrics, StringComparer.Ordinal).Order(StringComparer.Ordinal))
                .ToDictionary(static metric => metric, metric => projection.Metrics.GetValueOrDefault(metric), StringComparer.Ordinal),
            projection.TransactionsByState(),
            sandbox.Erp.Documents,
            sandbox.Erp.Total,
            sandbox.Crm.Records.Values.Sum(),
            [.. WithRecount(projection, recount), .. Within(projection), .. WithErp(projection, sandbox), .. WithCrm(projection, sandbox)],
            took.TotalSeconds);
    }

    private static IEnumerable<string> WithRecount(Projection projection, Recount recount) => Differing(
        ("events read", projection.EventsRead + projection.RejectedLines, recount.Events + recount.Rejected),
        ("events counted", projection.Outcomes.Counted, recount.Events),
        ("rejected", projection.Rejected, recount.Rejected),
        ("tenants", projection.Tenants, recount.Tenants),
        ("accounts", projection.Accounts, recount.Accounts),
        (RecountTerms.ApiCalls, projection.Metrics.GetValueOrDefault(RecountTerms.ApiCalls), recount.ApiCalls),
        (RecountTerms.BytesOut, projection.Metrics.GetValueOrDefault(RecountTerms.BytesOut), recount.BytesOut),
        (RecountTerms.ActiveUsers, projection.Metrics.GetValueOrDefault(RecountTerms.ActiveUsers), recount.ActiveUsers),
        ("invoices", projection.Transactions.Count(static transaction => transaction.Number == 1), recount.Invoices),
        ("sum of the transactions", projection.Transactions.Sum(static transaction => transaction.Total), recount.InvoiceTotal))
        .Select(static difference => $"{difference.What} {Plain(difference.Is)}, the recount has {Plain(difference.Must)}");

    private static IEnumerable<string> Within(Projection projection)
    {
        var outcomes = projection.Outcomes;
        return Differing(
            ("events with an outcome", outcomes.Counted + outcomes.Duplicate + outcomes.Rejected + outcomes.Parked + outcomes.LateRejected, projection.EventsRead),
            ("events rejected in the topic of rejected ones", projection.Rejected - projection.RejectedLines, outcomes.Rejected),
            ("events parked in the topic of parked ones", projection.Parked, outcomes.Parked))
            .Select(static difference => $"{difference.What} {Plain(difference.Is)}, must be {Plain(difference.Must)}");
    }

    private static IEnumerable<string> WithErp(Projection projection, SandboxSummary sandbox)
    {
        var posted = projection.Transactions.Where(static transaction => transaction.State == TransactionState.Posted).ToList();
        return Differing(
            ("ERP documents", sandbox.Erp.Documents, posted.Count),
            ("ERP total", sandbox.Erp.Total, posted.Sum(static transaction => transaction.Total)),
            ("ERP documents created", sandbox.Erp.Creates, posted.Count))
            .Select(static difference => $"{difference.What} {Plain(difference.Is)}, posted transactions have {Plain(difference.Must)}");
    }

    // Health is kept with the account, every alert is a record of its own.
    private static IEnumerable<string> WithCrm(Projection projection, SandboxSummary sandbox)
    {
        var alerts = projection.Signals.Count(static signal => signal.Body is LimitAlert);
        var accounts = projection.Signals.Where(static signal => signal.Body is AccountHealth).Select(static signal => signal.CrmAccount).Distinct(StringComparer.Ordinal).Count();
        return Differing(("CRM records", sandbox.Crm.Records.Values.Sum(), alerts + accounts), ("CRM records created", sandbox.Crm.Creates, alerts + accounts))
            .Select(static difference => $"{difference.What} {Plain(difference.Is)}, the signals make {Plain(difference.Must)}");
    }

    private static IEnumerable<(string What, decimal Is, decimal Must)> Differing(params IEnumerable<(string What, decimal Is, decimal Must)> figures) =>
        figures.Where(static figure => figure.Is != figure.Must);

    private static string Plain(decimal value) => (value / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture);
}
