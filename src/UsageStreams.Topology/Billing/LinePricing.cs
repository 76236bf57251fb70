using System.Globalization;
using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Billing;

/// <summary>
/// Prices the lines of a transaction. A period's quantity is rounded by its metric's rule once and priced as a whole; what was billed before is taken off, so that
/// a period never costs more or less than its quantity does, in how many transactions it may stand.
/// </summary>
internal sealed class LinePricing(MetricTerms metrics, TableView<string, Product> products)
{
    /// <summary>The period's own line.</summary>
    public TransactionLine LineOf(Contract contract, ContractLine line, BillingPeriod period)
    {
        var used = UsedOf(period, line.Metric);
        var rated = Rate(contract, line, period, used?.MetricVersion ?? 0, 0);
        var billed = period.Billed.GetValueOrDefault(line.Metric);
        return new TransactionLine
        {
            Metric = line.Metric,
            Item = ItemOf(line, period.PeriodStart),
            Description = billed == 0
                ? $"{line.Metric}: {Plain(rated.Quantity)} used, {Plain(rated.Included)} included"
                : $"{line.Metric}: {Plain(rated.Quantity)} used, {Plain(billed)} billed before",
            Quantity = rated.Quantity,
            Included = rated.Included,
            Billable = rated.Billable,
            UnitPrice = line.UnitPrice,
            Amount = rated.Amount - billed,
            Entries = used?.Entries ?? 0,
            Digest = used?.Digest ?? EventDigest.None.ToBytes(),
        };
    }

    /// <summary>The line of an adjustment: the locked period rated anew with the difference, less what was billed for it before.</summary>
    /// <param name="contract">The contract.</param>
    /// <param name="line">Its line for the metric.</param>
    /// <param name="adjustment">What came after the lock.</param>
    /// <param name="locked">The locked period, adjustments billed before included.</param>
    public TransactionLine LineOf(Contract contract, ContractLine line, PeriodAdjustment adjustment, BillingPeriod locked)
    {
        var version = Math.Max(adjustment.MetricVersion, UsedOf(locked, adjustment.Metric)?.MetricVersion ?? 0);
        var before = Rate(contract, line, locked, version, 0);
        var after = Rate(contract, line, locked, version, adjustment.Quantity);
        return new TransactionLine
        {
            Metric = line.Metric,
            Item = ItemOf(line, locked.PeriodStart),
            Description = FormattableString.Invariant(
                $"{line.Metric}: {Plain(after.Quantity - before.Quantity)} after the lock of {locked.PeriodStart:yyyy-MM-dd} to {locked.PeriodEnd:yyyy-MM-dd}, {Plain(after.Quantity)} used in all"),
            Quantity = after.Quantity - before.Quantity,
            Included = after.Included - before.Included,
            Billable = after.Billable - before.Billable,
            UnitPrice = line.UnitPrice,
            Amount = after.Amount - locked.Billed.GetValueOrDefault(line.Metric),
            Entries = adjustment.Entries,
            Digest = adjustment.Digest,
            AdjustsPeriod = locked.PeriodStart,
        };
    }

    private RatedUsage Rate(Contract contract, ContractLine line, BillingPeriod period, int version, decimal more)
    {
        var quantity = (UsedOf(period, line.Metric)?.Quantity ?? 0) + period.Adjusted.GetValueOrDefault(line.Metric) + more;
        return line.Rate(Rounding.Quantity(quantity, metrics.RoundingOf(line.Metric, version)), contract.CurrencyDigits);
    }

    private string ItemOf(ContractLine line, DateTimeOffset time) =>
        line.Product is { } id && products.TryGet(id, out var product) && product.SkuAt(time) is { } sku ? sku : line.Item;

    private static string Plain(decimal number) => number.ToString("0.#########", CultureInfo.InvariantCulture);

    private static PeriodLine? UsedOf(BillingPeriod period, string metric)
    {
        foreach (var line in period.Lines)
        {
            if (string.Equals(line.Metric, metric, StringComparison.Ordinal)) return line;
        }

        return null;
    }
}
