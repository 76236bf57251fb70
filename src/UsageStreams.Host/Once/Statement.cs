using UsageStreams.Model;

namespace UsageStreams.Host.Once;

/// <summary>What a run came to.</summary>
/// <param name="Events">What became of the records: <c>Read</c> holds the lines that were rejected before they became one.</param>
/// <param name="Tenants">Tenants with an event that counts.</param>
/// <param name="Accounts">Accounts with usage in the ledger.</param>
/// <param name="Metrics">Sum of the ledger by metric.</param>
/// <param name="Transactions">Transactions by state.</param>
/// <param name="ErpDocuments">Documents in the ERP.</param>
/// <param name="ErpTotal">Sum of their totals.</param>
/// <param name="CrmSignals">Records in the CRM that signals made: the health of an account, a task for each alert.</param>
/// <param name="Differences">What differs from the recount, or between the parts; empty when nothing does.</param>
/// <param name="Seconds">How long the run took.</param>
internal sealed record Statement(
    EventOutcomes Events,
    int Tenants,
    int Accounts,
    IReadOnlyDictionary<string, decimal> Metrics,
    IReadOnlyDictionary<string, int> Transactions,
    int ErpDocuments,
    decimal ErpTotal,
    int CrmSignals,
    IReadOnlyList<string> Differences,
    double Seconds)
{
    /// <summary><c>equal</c>, or what differs.</summary>
    public string Recount => Differences.Count == 0 ? "equal" : string.Join("; ", Differences);
}
