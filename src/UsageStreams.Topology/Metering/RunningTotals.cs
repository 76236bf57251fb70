using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>Period-to-date usage, open windows included, within seconds of the event.</summary>
internal sealed class RunningTotals(KeyValueStore<string, RunningTotal> totals, TableView<string, Contract> contracts)
{
    public void Add(in WindowKey key, decimal grown, Contribution added)
    {
        if (!contracts.TryGet(key.Contract, out var contract))
            throw new ModelException($"Contract {key.Contract} is not in the contracts topic, though usage was resolved to it; publish it again.");
        var start = contract.Calendar().PeriodOf(DateTimeOffset.FromUnixTimeMilliseconds(key.Start)).Start;
        var name = $"{key.Account}/{key.Metric}/{start:yyyyMMdd}";
        var last = DateTimeOffset.FromUnixTimeMilliseconds(added.Lineage.Last);
        totals.Put(name, totals.TryGet(name, out var before)
            ? before with { Quantity = before.Quantity + grown, Count = before.Count + added.Lineage.Count, Last = last > before.Last ? last : before.Last }
            : First(key, start, grown, added.Lineage.Count, last));
    }

    private static RunningTotal First(in WindowKey key, DateTimeOffset start, decimal grown, long count, DateTimeOffset last) => new()
    {
        Account = key.Account,
        Contract = key.Contract,
        Metric = key.Metric,
        PeriodStart = start,
        Quantity = grown,
        Count = count,
        Last = last,
    };
}
