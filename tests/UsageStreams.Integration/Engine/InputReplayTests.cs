using System.Text;
using Confluent.Kafka;
using UsageStreams.Streams;

namespace UsageStreams.Integration.Engine;

/// <summary>A store that is made again of the input, when the application was away for long.</summary>
public sealed class InputReplayTests(KafkaUnderTest kafka) : IClassFixture<KafkaUnderTest>
{
    private static readonly TimeSpan Retention = TimeSpan.FromDays(45);

    [Fact]
    public async Task A_repetition_that_waited_while_the_application_was_away_is_known_by_what_arrived_within_the_retention_before_it()
    {
        var (input, output) = (await kafka.CreateTopicAsync("in", 1), await kafka.CreateTopicAsync("out", 1));
        var application = kafka.Unique("replay");
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Write(input, "a", now.AddDays(-50));
        await RunAsync(application, input, output);
        // Written while nobody reads: 40 days after its first, and too long ago for the first to lie within the retention of today.
        Write(input, "a", now.AddDays(-10));
        Write(input, "b", now.AddDays(-9));
        await RunAsync(application, input, output);

        kafka.Read(output, static written => written.Count > 0).Select(static record => record.Key).ShouldBe(["a", "b"]);
    }

    private async Task RunAsync(string application, string input, string output)
    {
        await using var streams = new KafkaStreams(Build(input, output), new StreamsOptions { ApplicationId = application, Connection = kafka.Connection }, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => streams.State == StreamsState.Running && streams.Metrics is { Tasks.Count: 1, Lag: 0 }, "the input to be read");
        await streams.StopAsync(TestContext.Current.CancellationToken);
    }

    private void Write(string topic, string key, DateTimeOffset arrival)
    {
        using IProducer<byte[], byte[]> producer = new ProducerBuilder<byte[], byte[]>(kafka.Connection.ProducerConfig()).Build();
        producer.Produce(topic, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(key), Value = [1], Timestamp = new Timestamp(arrival) });
        producer.Flush(TimeSpan.FromSeconds(30)).ShouldBe(0);
    }

    private static Streams.Topology Build(string input, string output)
    {
        var builder = new StreamsBuilder();
        StoreBuilder<string, long> seen = Stores.KeyValue("seen", Serdes.Utf8, Serdes.Int64).RestoredFromInput(
            Retention, static (in Record<string, byte[]> record, in RecordMetadata _, KeyValueStore<string, long> store) => store.TryAdd(record.Key, 0));
        builder.Stream(input, Consumed.With(Serdes.Utf8, Serdes.Bytes).WithName("in"))
            .Process("first", () => new First(seen), seen)
            .To(output, Produced.With(Serdes.Utf8, Serdes.Bytes).WithName("out"));
        return builder.Build();
    }

    private sealed class First(StoreBuilder<string, long> seen) : IProcessor<string, byte[], string, byte[]>
    {
        private ProcessorContext<string, byte[]> _context = null!;
        private KeyValueStore<string, long> _seen = null!;

        public void Init(ProcessorContext<string, byte[]> context) => (_context, _seen) = (context, context.GetStore(seen));

        public void Process(in Record<string, byte[]> record)
        {
            if (_seen.TryAdd(record.Key, 0))
                _context.Forward(record);
        }
    }
}
