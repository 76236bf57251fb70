using UsageStreams.Streams;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Benchmarks.Engine.Peer;

/// <summary>The peer's jobs, written for our engine: the same input, event times, windows and grace.</summary>
internal static class PeerTopologies
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeWindows Windows = TumblingWindows.Of(Minute).WithGrace(Minute);

    public static ISerde<Windowed<string>> WindowSerde { get; } = Serdes.Windowed(Serdes.Utf8);

    public static Streams.Topology Stateless(PeerTopics topics)
    {
        var builder = new StreamsBuilder();
        builder.Stream(topics.Input, Consumed.With(Serdes.Utf8, JavaLong.Instance).WithName("events"))
            .MapValues("next", static (in Record<string, long> record) => record.Value + 1)
            .To(topics.Output, Produced.With(Serdes.Utf8, JavaLong.Instance));
        return builder.Build();
    }

    public static Streams.Topology Sum(PeerTopics topics)
    {
        var builder = new StreamsBuilder();
        var events = builder.Stream(topics.Input, Events(JavaLong.Instance));
        Sum(events, topics);
        return builder.Build();
    }

    /// <summary>
    /// As the peer does it, ids are never forgotten. They have no changelog: the input has them. The sums of an account's minute are combined before
    /// they are sent on.
    /// </summary>
    public static Streams.Topology Meter(PeerTopics topics)
    {
        var builder = new StreamsBuilder();
        var accounts = builder.GlobalTable(topics.Tenants, Consumed.With(Serdes.Utf8, Serdes.Utf8));
        // The generator's records are of 2023.
        var seen = Stores.KeyValue("seen", new NameAndNumber.Serde(), JavaLong.Instance).RestoredFromInput(
            TimeSpan.FromDays(3650), static (in Record<string, PeerEvent> record, in RecordMetadata _, KeyValueStore<NameAndNumber, long> ids) => FirstOfId.Is(in record, ids));
        var first = builder.Stream(topics.Input, Events(new PeerEvent.Serde())).Process("deduplicate", () => new FirstOfId(seen), seen);
        var partials = first
            .Join("resolve", accounts, static (in Record<string, PeerEvent> record) => record.Key, static (_, usage, account) => (account, usage.Quantity))
            .Map("partial", static (in Record<string, (string Account, long Quantity)> record) => record.With(
                new NameAndNumber(record.Value.Account, Minutes.StartOf(record.Timestamp)), record.Value.Quantity))
            .Repartition(Repartitioned.With("partials", new NameAndNumber.Serde(), JavaLong.Instance)
                .WithPartitioner(static (key, partitions) => key.PartitionOfName(partitions))
                .WithCombiner(static (all, next) => all + next));
        Sum(partials.SelectKey("account", static (in Record<NameAndNumber, long> record) => record.Key.Name).WithUnchangedKeys(), topics);
        return builder.Build();
    }

    private static void Sum(KStream<string, long> stream, PeerTopics topics)
    {
        var sums = stream.GroupByKey().WindowedBy(Windows).Reduce(static (all, next) => all + next, Materialized.As("sums", Serdes.Utf8, JavaLong.Instance));
        sums.ToStream("changes").To(topics.Output, Produced.With(WindowSerde, JavaLong.Instance));
        sums.Late.To(topics.Late, Produced.With(WindowSerde, JavaLong.Instance));
    }

    // Java takes Kafka's timestamp of a record for its event time.
    private static Consumed<string, TValue> Events<TValue>(ISerde<TValue> serde) => Consumed.With(Serdes.Utf8, serde)
        .WithName("events")
        .WithTimestamps(static (in Record<string, TValue> _, long arrival) => arrival);
}

/// <summary>Topics of one run of a job.</summary>
internal sealed record PeerTopics(string Input, string Name)
{
    /// <summary>As many as the generator makes.</summary>
    public const int Partitions = 4;

    public string Tenants => $"{Input}-tenants";

    public string Output => $"{Name}-out";

    public string Late => $"{Name}-late";
}
