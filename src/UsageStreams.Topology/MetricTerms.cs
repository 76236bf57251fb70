using System.Globalization;
using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology;

/// <summary>What metric versions say beside how they count: whom they are for, and how their quantities are rounded.</summary>
internal sealed class MetricTerms(TableView<string, Metric> metrics)
{
    /// <summary>Whether the usage may be billed. A version that is not in the catalogue may: the contract's lines decide.</summary>
    public bool IsBilled(LedgerEntry entry) => Find(entry.Metric, entry.MetricVersion)?.Audience != Audience.Health;

    /// <summary>Whether the usage says something about the account's health.</summary>
    public bool IsHealth(LedgerEntry entry) => Find(entry.Metric, entry.MetricVersion)?.Audience != Audience.Billing;

    /// <summary>How the quantity of a billing period is rounded; null for not at all.</summary>
    public QuantityRounding? RoundingOf(string metric, int version) => Find(metric, version)?.Rounding;

    private Metric? Find(string metric, int version) =>
        metrics.TryGet(string.Create(CultureInfo.InvariantCulture, $"{metric}@{version}"), out var found) ? found : null;
}
