using System.Runtime.InteropServices;

namespace UsageStreams.Model;

/// <summary>
/// Counts past usage under two catalogues and tells what differs: the plain way, all contributions in memory. Only what the catalogues count differently is
/// kept: usage that both count by rules that say the same is in neither of the two numbers. Not for several threads.
/// </summary>
/// <param name="before">The catalogue in force.</param>
/// <param name="after">The catalogue to try.</param>
public sealed class CatalogueTrial(MetricCatalogue before, MetricCatalogue after)
{
    private readonly Dictionary<WindowKey, Dictionary<string, Contribution>> _before = [];
    private readonly Dictionary<WindowKey, Dictionary<string, Contribution>> _after = [];

    /// <summary>Counts an event that is the first of its identity, was not taken back, and whose account and contract are known.</summary>
    /// <param name="usage">The event.</param>
    /// <param name="identity">Its identity.</param>
    /// <param name="at">Where it stands.</param>
    /// <param name="arrival">When it came, Unix milliseconds.</param>
    /// <param name="account">The account it belongs to as of its time.</param>
    /// <param name="contract">The contract.</param>
    public void Count(in MetricEvent usage, EventDigest identity, in EventPosition at, long arrival, string account, string contract)
    {
        foreach (var rule in before.OfType(usage.Type))
        {
            if (rule.Judge(usage, arrival) == MetricVerdict.Taken && !IsAlike(rule, after, usage)) Add(_before, rule, usage, identity, at, account, contract);
        }

        foreach (var rule in after.OfType(usage.Type))
        {
            if (rule.Judge(usage, arrival) == MetricVerdict.Taken && !IsAlike(rule, before, usage)) Add(_after, rule, usage, identity, at, account, contract);
        }
    }

    /// <summary>The sums that differ, by account, contract, metric and start.</summary>
    /// <param name="bucketOf">What windows are summed by: gives the start of the bucket that a window of a contract lies in, Unix milliseconds.</param>
    public IReadOnlyList<CatalogueDifference> Differences(Func<WindowKey, long> bucketOf)
    {
        var sums = new Dictionary<(string Account, string Contract, string Metric, long Start), CatalogueDifference>();
        foreach (var (windows, catalogue, isAfter) in ((Dictionary<WindowKey, Dictionary<string, Contribution>>, MetricCatalogue, bool)[])[(_before, before, false), (_after, after, true)])
        {
            foreach (var (key, tenants) in windows)
            {
                var bucket = (key.Account, key.Contract, key.Metric, bucketOf(key));
                var sum = sums.GetValueOrDefault(bucket) ?? new CatalogueDifference(key.Account, key.Contract, key.Metric, DateTimeOffset.FromUnixTimeMilliseconds(bucket.Item4), 0, 0);
                var quantity = QuantityOf(key, tenants.Values, catalogue);
                sums[bucket] = isAfter ? sum with { After = sum.After + quantity } : sum with { Before = sum.Before + quantity };
            }
        }

        return
        [
            .. sums.Values.Where(static sum => sum.Before != sum.After)
                .OrderBy(static sum => sum.Account, StringComparer.Ordinal).ThenBy(static sum => sum.Contract, StringComparer.Ordinal)
                .ThenBy(static sum => sum.Metric, StringComparer.Ordinal).ThenBy(static sum => sum.Start),
        ];
    }

    // The version that holds at the event's time in the other catalogue counts it, and all of its window, in the same way.
    private static bool IsAlike(MetricRule rule, MetricCatalogue other, in MetricEvent usage)
    {
        foreach (var candidate in other.OfType(usage.Type))
        {
            if (candidate.Covers(usage.Time) && candidate.CountsAs(rule)) return true;
        }

        return false;
    }

    private static void Add(
        Dictionary<WindowKey, Dictionary<string, Contribution>> windows, MetricRule rule, in MetricEvent usage, EventDigest identity, in EventPosition at, string account, string contract)
    {
        var key = new WindowKey(account, contract, rule.Code, rule.Version, rule.WindowStart(usage.Time));
        ref var tenants = ref CollectionsMarshal.GetValueRefOrAddDefault(windows, key, out _);
        tenants ??= new Dictionary<string, Contribution>(StringComparer.Ordinal);
        ref var contribution = ref CollectionsMarshal.GetValueRefOrAddDefault(tenants, usage.Tenant, out _);
        contribution ??= new Contribution(rule.Aggregation);
        rule.TryNumber(usage, out var number);
        rule.TryMember(usage, out var member);
        contribution.Add(new Sample(number, member, usage.Time, identity), at);
    }

    private static decimal QuantityOf(in WindowKey key, IReadOnlyCollection<Contribution> tenants, MetricCatalogue catalogue) =>
        catalogue.TryFind(key.Metric, key.Version, out var rule)
            ? Contribution.Quantity(rule.Aggregation, tenants, key.Start, key.Start + rule.Window)
            : throw new ModelException($"Metric {key.Metric}@{key.Version} is not in the catalogue it was counted by.");
}

/// <summary>A sum that two catalogues see differently. Usage that both count alike is in neither number.</summary>
/// <param name="Account">The account.</param>
/// <param name="Contract">The contract.</param>
/// <param name="Metric">Metric code; all its versions together.</param>
/// <param name="Start">Start of the window or the billing period.</param>
/// <param name="Before">Counted by the catalogue in force.</param>
/// <param name="After">Counted by the catalogue that is tried.</param>
public sealed record CatalogueDifference(string Account, string Contract, string Metric, DateTimeOffset Start, decimal Before, decimal After)
{
    /// <summary>What would be added to the ledger.</summary>
    public decimal Difference => After - Before;
}
