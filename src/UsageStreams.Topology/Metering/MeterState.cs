using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Metering.State;
using UsageStreams.Topology.Regions;

namespace UsageStreams.Topology.Metering;

/// <summary>What a task of the meter knows.</summary>
/// <param name="Input">What it reads.</param>
/// <param name="Seen">Which events there were.</param>
/// <param name="Withdrawals">What was taken back.</param>
/// <param name="Tenants">What each tenant's events are counted by.</param>
/// <param name="Rules">The metrics and products that all are counted by.</param>
/// <param name="References">What they are to be counted by.</param>
/// <param name="Outcomes">Where events ended.</param>
/// <param name="Parked">What waits.</param>
/// <param name="Exceptions">What people should know of.</param>
internal sealed record MeterState(
    InputPartition Input,
    SeenEvents Seen,
    Withdrawals Withdrawals,
    KeyValueStore<string, AppliedTenant> Tenants,
    AppliedRules Rules,
    LiveReferences References,
    OutcomeCounter Outcomes,
    ParkingLot Parked,
    ExceptionLog Exceptions)
{
    /// <summary>Of a task.</summary>
    public static MeterState Of<TKey, TValue>(ProcessorContext<TKey, TValue> context, MeteringStores stores, MeterTables tables, MeteringOptions options)
    {
        var input = new InputPartition(context.TaskId.Partition, context.Partitions);
        var references = new LiveReferences(
            context.GetTable(tables.References.Tenants),
            context.GetTable(tables.References.Accounts),
            context.GetTable(tables.References.Contracts),
            context.GetTable(tables.References.Metrics),
            context.GetTable(tables.References.Products),
            context.GetTable(tables.Decisions),
            tables.Home);
        return new MeterState(
            input,
            new SeenEvents(context.GetStore(stores.Seen), options.DedupMillis),
            new Withdrawals(context.GetStore(stores.Withdrawn)),
            context.GetStore(stores.Applied),
            new AppliedRules(context.GetStore(stores.Rules)),
            references,
            new OutcomeCounter(context.GetStore(stores.Outcomes), input.Number),
            new ParkingLot(context.GetStore(stores.Parked), input.Number),
            new ExceptionLog(context.GetStore(stores.Exceptions), options.Exceptions, input.Number));
    }
}

/// <summary>What the meter follows.</summary>
/// <param name="References">Reference data.</param>
/// <param name="Decisions">What people decided about exceptions.</param>
/// <param name="Home">Who is at home in the region; null where nobody asks.</param>
internal sealed record MeterTables(ReferenceTables References, GlobalKTable<string, ExceptionDecision> Decisions, RegionHome? Home);
