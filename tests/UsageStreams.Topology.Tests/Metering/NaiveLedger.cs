using UsageStreams.Model;

namespace UsageStreams.Topology.Tests.Metering;

/// <summary>
/// The oracle: loads all events, drops repetitions, groups and sums, in the plainest way there is. It shares nothing with the topology but the event.
/// </summary>
internal sealed class NaiveLedger
{
    public NaiveLedger(IEnumerable<UsageEvent> arrived, Func<string, string?> accountOf)
    {
        var all = arrived.ToList();
        var distinct = all.DistinctBy(usage => (usage.Tenant, usage.Source, usage.Id)).ToList();
        Duplicates = all.Count - distinct.Count;
        Parked = distinct.Count(usage => accountOf(usage.Tenant) is null);
        var known = distinct.Where(usage => accountOf(usage.Tenant) is not null).ToList();
        Counted = known.Count;
        WithQuantity = known.Count(usage => usage.Quantity is not null);
        Totals = known
            .GroupBy(usage => (Account: accountOf(usage.Tenant)!, Hour: usage.Time.UtcDateTime.ToString("yyyyMMddHH", null)))
            .SelectMany(hour => Measure(hour.Key.Account, hour.Key.Hour, [.. hour]))
            .ToDictionary(entry => entry.Key, entry => entry.Value);
    }

    public int Duplicates { get; }

    public int Parked { get; }

    public int Counted { get; }

    /// <summary>Of them, those that a sum of quantities counts.</summary>
    public int WithQuantity { get; }

    public IReadOnlyDictionary<(string Account, string Metric, string Hour), decimal> Totals { get; }

    private static IEnumerable<KeyValuePair<(string Account, string Metric, string Hour), decimal>> Measure(string account, string hour, List<UsageEvent> events)
    {
        var calls = events.Count(usage => usage.Properties["status"] is "200" or "304");
        if (calls > 0) yield return new((account, "api.calls", hour), calls);
        var quantities = events.Where(usage => usage.Quantity is not null).Select(usage => usage.Quantity!.Value).ToList();
        if (quantities.Count > 0) yield return new((account, "bytes.out", hour), quantities.Sum());
        yield return new((account, "active.users", hour), events.Select(usage => usage.User).Distinct(StringComparer.Ordinal).Count());
    }
}
