using UsageStreams.Streams.Testing;

namespace UsageStreams.Streams.Tests.Support;

/// <summary>Counts records per key and forwards the count; remembers what it saw.</summary>
internal sealed class CountProcessor(StoreBuilder<string, long> store) : IProcessor<string, string, string, long>
{
    private ProcessorContext<string, long> _context = null!;
    private KeyValueStore<string, long> _counts = null!;

    public void Init(ProcessorContext<string, long> context)
    {
        _context = context;
        _counts = context.GetStore(store);
    }

    public void Process(in Record<string, string> record)
    {
        long count = _counts.Get(record.Key) + 1;
        _counts.Put(record.Key, count);
        _context.Forward(record.WithValue(count));
    }
}

/// <summary>The topologies that several tests run.</summary>
internal static class Topologies
{
    public static readonly Consumed<string, string> Text = Consumed.With(Serdes.Utf8, Serdes.Utf8);
    public static readonly Produced<string, string> TextOut = Produced.With(Serdes.Utf8, Serdes.Utf8);
    public static readonly Produced<string, long> CountOut = Produced.With(Serdes.Utf8, Serdes.Int64);

    /// <summary>The value is the event time in Unix ms.</summary>
    public static readonly Consumed<string, string> Timed = Text.WithTimestamps(
        static (in Record<string, string> record, long _) => long.TryParse(record.Value, out long time)
            ? time
            : throw new UndecodableException($"'{record.Value}' is no time."));

    public static Topology Count(out StoreBuilder<string, long> counts)
    {
        StoreBuilder<string, long> store = Stores.KeyValue("counts", Serdes.Utf8, Serdes.Int64);
        counts = store;
        var builder = new StreamsBuilder();
        builder.Stream("in", Text).Process("count", () => new CountProcessor(store), store).To("out", CountOut);
        return builder.Build();
    }

    public static TestInputTopic<string, string> Input(this TopologyTestDriver driver, string topic = "in") =>
        driver.CreateInputTopic(topic, Serdes.Utf8, Serdes.Utf8);

    public static TestOutputTopic<string, string> Output(this TopologyTestDriver driver, string topic = "out") =>
        driver.CreateOutputTopic(topic, Serdes.Utf8, Serdes.Utf8);

    public static TestOutputTopic<string, long> Counts(this TopologyTestDriver driver, string topic = "out") =>
        driver.CreateOutputTopic(topic, Serdes.Utf8, Serdes.Int64);
}
