using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>What the cases run.</summary>
internal static class EngineTopologies
{
    private static readonly FixedLayout<long> Number = FixedLayout<long>.Instance;
    private static readonly FixedLayout<WindowKey> Window = FixedLayout<WindowKey>.Instance;
    private static readonly FixedLayout<Total> Sum = FixedLayout<Total>.Instance;

    private static readonly Consumed<long, Reading> Readings = Consumed.With(Number, FixedLayout<Reading>.Instance)
        .WithName("events")
        .WithTimestamps(static (in Record<long, Reading> record, long _) => record.Value.Time);

    public static Streams.Topology Stateless(EngineLoad load, string output)
    {
        var builder = new StreamsBuilder();
        builder.Stream(load.Events, Readings)
            .Filter("billable", static (in Record<long, Reading> record) => record.Value.Status == 200)
            .MapValues("usage", static (in Record<long, Reading> record) => new Usage(record.Value.Id, record.Value.Time, record.Value.Quantity))
            .To(output, Produced.With(Number, FixedLayout<Usage>.Instance));
        return builder.Build();
    }

    public static Streams.Topology Copy(string input, string output)
    {
        var builder = new StreamsBuilder();
        builder.Stream(input, Consumed.With(Number, Number).WithName("events")).To(output, Produced.With(Number, Number));
        return builder.Build();
    }

    /// <summary>Takes its time for each record, and writes none.</summary>
    public static Streams.Topology Paced(EngineLoad load, string output, Pace pace)
    {
        var builder = new StreamsBuilder();
        builder.Stream(load.Events, Readings)
            .Filter("pace", (in Record<long, Reading> _) =>
            {
                pace.Take();
                return false;
            })
            .To(output, Produced.With(Number, FixedLayout<Reading>.Instance));
        return builder.Build();
    }

    public static Streams.Topology Count(EngineLoad load, string output, ChangelogBytes bytes)
    {
        var windows = Stores.KeyValue("windows", new ChangelogSerde<WindowKey>(bytes), new ChangelogSerde<Total>(bytes));
        var builder = new StreamsBuilder();
        builder.Stream(load.Events, Readings)
            .Process("count", () => new TenantCount(windows), windows)
            .To(output, Produced.With(Window, Sum));
        return builder.Build();
    }

    public static Streams.Topology Meter(EngineLoad load, string output, ChangelogBytes bytes)
    {
        var seen = Stores.KeyValue("seen", new ChangelogSerde<EventId>(bytes), new ChangelogSerde<long>(bytes))
            .RestoredFromInput(TimeSpan.FromDays(1), static (in Record<long, Reading> record, in RecordMetadata _, KeyValueStore<EventId, long> ids) => Deduplicate.IsFirst(in record, ids));
        var windows = Stores.KeyValue("windows", new ChangelogSerde<WindowKey>(bytes), new ChangelogSerde<Total>(bytes));
        var builder = new StreamsBuilder();
        var accounts = builder.GlobalTable(load.Accounts, Consumed.With(Number, Number));
        builder.Stream(load.Events, Readings)
            .Process("deduplicate", () => new Deduplicate(seen), seen)
            .Process("resolve", () => new Resolve(accounts))
            .Repartition(Repartitioned.With("partials", Window, Sum)
                .WithPartitioner(static (key, partitions) => (int)((ulong)key.Owner % (uint)partitions))
                .WithCombiner(static (all, next) => new Total(all.Quantity + next.Quantity, all.Events + next.Events)))
            .Process("sum", () => new AccountSum(windows), windows)
            .To(output, Produced.With(Window, Sum));
        return builder.Build();
    }
}
