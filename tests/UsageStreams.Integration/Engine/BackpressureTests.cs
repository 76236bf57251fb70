using Confluent.Kafka;
using UsageStreams.Streams;
using UsageStreams.Streams.Internal.Native;
using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Integration.Engine;

/// <summary>Full queues make threads wait: none dies, none is thrown out of its group for it, and nothing is lost.</summary>
public sealed class BackpressureTests
{
    private const int Records = 20_000;

    [Theory]
    [InlineData(ProcessingGuarantee.ExactlyOnce)]
    [InlineData(ProcessingGuarantee.AtLeastOnce)]
    public async Task A_small_output_queue_and_a_broker_that_is_away_kill_no_thread_and_lose_no_record(ProcessingGuarantee guarantee)
    {
        await using var kafka = new KafkaUnderTest { Fault = static (_, _) => default };
        await kafka.InitializeAsync();
        string input = await kafka.CreateTopicAsync("in", 2);
        string output = await kafka.CreateTopicAsync("out", 2);
        var builder = new StreamsBuilder();
        // Ten records for each one that is read: the queue is full in the middle of a batch.
        builder.Stream(input, Streams.Consumed.With(Serdes.Utf8, Serdes.Utf8)).FlatMap("ten", static (in Record<string, string> r, Emitter<string, string> emitter) =>
        {
            for (int i = 0; i < 10; i++)
                emitter.Emit(r.With($"{r.Key}.{i}", r.Value));
        }).To(output, Produced.With(Serdes.Utf8, Serdes.Utf8));
        var options = new StreamsOptions
        {
            ApplicationId = "app",
            Connection = kafka.Connection with { Settings = new Dictionary<string, string> { ["queue.buffering.max.messages"] = "1000" } },
            Guarantee = guarantee,
            SessionTimeout = TimeSpan.FromSeconds(6),
            MaxPollInterval = TimeSpan.FromSeconds(8),
            TransactionTimeout = TimeSpan.FromSeconds(5),
        };
        await using var streams = new KafkaStreams(builder.Build(), options, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);
        kafka.Write(input, Enumerable.Range(0, Records / 20).Select(static i => ($"k{i}", "v")));
        await Eventually.TrueAsync(() => streams.Metrics.TransactionsCommitted > 0, "a commit");
        kafka.Write(input, Enumerable.Range(Records / 20, Records / 20).Select(static i => ($"k{i}", "v")));

        // Longer than the poll interval, the session and the transaction last.
        await kafka.RestartAsync(static () => Task.Delay(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));

        List<string> keys = [.. kafka.Read(output, static written => written.Select(static r => r.Key).Distinct().Count() >= Records).Select(static r => r.Key)];
        keys.Distinct().Count().ShouldBe(Records);
        if (guarantee == ProcessingGuarantee.ExactlyOnce)
            keys.Count.ShouldBe(Records);
        streams.State.ShouldNotBe(StreamsState.Error);
        await Eventually.TrueAsync(() => streams.CheckHealth(maxLag: 0).IsHealthy, $"health: {streams.CheckHealth(0)}");
    }

    [Fact]
    public async Task A_thread_that_waits_without_polling_stays_a_member_of_its_group()
    {
        await using var kafka = new KafkaUnderTest { Fault = static (_, _) => default };
        await kafka.InitializeAsync();
        string topic = await kafka.CreateTopicAsync("in", 1);

        (await Task.WhenAll(Task.Run(() => LostAsync(kafka, topic, keepAlive: true)), Task.Run(() => LostAsync(kafka, topic, keepAlive: false)))).ShouldBe([false, true]);
    }

    [Fact]
    public void What_clients_may_hold_comes_of_one_number_and_the_next_fetch_is_not_put_off()
    {
        var shares = new BufferShares(64 << 20);
        shares.InputKbytes.ShouldBe(4 << 10);
        shares.FetchBytes.ShouldBe(4 << 20);
        shares.OutputKbytes.ShouldBe(32 << 10);
        shares.OutputRecords.ShouldBe(1 << 16);
        new BufferShares(BufferShares.Least).FetchBytes.ShouldBe(1 << 20);
        new BufferShares(BufferShares.Most).FetchBytes.ShouldBe(50 << 20);

        int backoff = int.Parse(new KafkaConnection("h:1").ConsumerConfig("g").Get("fetch.queue.backoff.ms"), System.Globalization.CultureInfo.InvariantCulture);
        backoff.ShouldBeLessThanOrEqualTo(10);
    }

    /// <summary>Whether the group takes the partition back within one and a half poll intervals.</summary>
    private static async Task<bool> LostAsync(KafkaUnderTest kafka, string topic, bool keepAlive)
    {
        ConsumerConfig config = kafka.Connection.ConsumerConfig(kafka.Unique("group"));
        (config.SessionTimeoutMs, config.MaxPollIntervalMs) = (6000, 6000);
        bool assigned = false, lost = false;
        using IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(config)
            .SetPartitionsAssignedHandler((_, _) => { assigned = true; })
            .SetPartitionsLostHandler((_, _) => { lost = true; })
            .SetPartitionsRevokedHandler((_, _) => { lost = true; })
            .SetLogHandler(static (_, _) => { })
            .Build();
        using var batch = new BatchReader(consumer, 100);
        consumer.Subscribe(topic);
        await Eventually.TrueAsync(() =>
        {
            batch.Read(TimeSpan.FromMilliseconds(50));
            return assigned;
        }, "the partition");
        for (int i = 0; i < 90; i++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            if (keepAlive)
                batch.KeepAlive();
        }

        for (int i = 0; i < 20 && !lost; i++)
            batch.Read(TimeSpan.FromMilliseconds(50));
        return lost;
    }
}
