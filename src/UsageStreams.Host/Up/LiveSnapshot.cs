using UsageStreams.Host.Projecting;
using UsageStreams.Model;

namespace UsageStreams.Host.Up;

/// <summary>What the live screen shows at a moment.</summary>
internal sealed record LiveSnapshot(
    string Stage,
    string? News,
    long EventsRead,
    EventOutcomes Outcomes,
    long Rejected,
    long Parked,
    int OpenWindows,
    long Entries,
    IReadOnlyList<LedgerEntry> Last,
    IReadOnlyDictionary<string, decimal> Metrics,
    IReadOnlyDictionary<string, int> Transactions,
    decimal Total,
    int Signals,
    int UnansweredSignals)
{
    /// <summary>Events that no outcome is known of yet.</summary>
    public long Lag => EventsRead - Outcomes.Read;

    public static LiveSnapshot Of(Projection projection, string stage, string? news) => new(
        stage, news, projection.EventsRead, projection.Outcomes, projection.Rejected, projection.Parked, projection.OpenWindows, projection.Entries,
        [.. projection.Last], new SortedDictionary<string, decimal>(projection.Metrics.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal),
        projection.TransactionsByState(), projection.Transactions.Sum(static transaction => transaction.Total),
        projection.Signals.Count, projection.UnansweredSignals);
}
