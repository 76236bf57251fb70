using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using UsageStreams.Avro;
using UsageStreams.Embedded;
using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Integration.Sinks;

/// <summary>A real Kafka where USAGESTREAMS_KAFKA says host:port, else an embedded broker; with topics of its own for each test.</summary>
public sealed class SinkKafka : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private EmbeddedBroker? _broker;
    private string? _folder;

    internal const int Partitions = 3;

    internal KafkaConnection Connection { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var address = Environment.GetEnvironmentVariable("USAGESTREAMS_KAFKA");
        if (string.IsNullOrEmpty(address))
        {
            _folder = Directory.CreateTempSubdirectory("usagestreams-sinks-kafka-").FullName;
            _broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { DataDirectory = _folder });
            address = _broker.BootstrapServers;
        }

        Connection = new KafkaConnection(address);
    }

    public async ValueTask DisposeAsync()
    {
        if (_broker is null) return;
        await _broker.DisposeAsync();
        Directory.Delete(_folder!, recursive: true);
    }

    internal async Task<string> CreateTopicAsync(string name)
    {
        var topic = $"{name}-{Guid.NewGuid():N}";
        using var admin = new AdminClientBuilder(Connection.AdminClientConfig()).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = Partitions, ReplicationFactor = 1 }]);
        return topic;
    }

    /// <summary>Writes documents as the engine does: key id, partition by account, trace in headers; and a watermark record behind them.</summary>
    internal void Publish<T>(string topic, IEnumerable<(string Id, string Account, T Document)> documents)
        where T : IAvroRecord<T>
    {
        var serde = new PlainAvro<T>();
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(Connection.ProducerConfig()).Build();
        foreach (var (id, account, document) in documents)
        {
            producer.Produce(new TopicPartition(topic, Partitioners.Murmur2(account, Partitions)), new Message<byte[]?, byte[]?>
            {
                Key = Encoding.UTF8.GetBytes(id), Value = serde.ToBytes(document),
                Headers = new Headers { { Trace.CorrelationHeader, Encoding.UTF8.GetBytes($"why-{id}") }, { Trace.TraceparentHeader, "00-1-2-01"u8.ToArray() } },
            });
        }

        for (var partition = 0; partition < Partitions; partition++)
            producer.Produce(new TopicPartition(topic, partition), new Message<byte[]?, byte[]?> { Headers = new Headers { { "us-watermark", "1"u8.ToArray() } } });
        producer.Flush(Deadline).ShouldBe(0);
    }

    internal void PublishRaw(string topic, byte[] value)
    {
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(Connection.ProducerConfig()).Build();
        producer.Produce(new TopicPartition(topic, 0), new Message<byte[]?, byte[]?> { Value = value });
        producer.Flush(Deadline).ShouldBe(0);
    }

    /// <summary>The committed receipts, once there are at least so many and no more follow.</summary>
    internal List<(Receipt Receipt, ConsumeResult<byte[]?, byte[]?> Record)> Receipts(string topic, int atLeast)
    {
        var serde = new PlainAvro<Receipt>();
        var config = Connection.ConsumerConfig($"check-{Guid.NewGuid():N}");
        config.EnablePartitionEof = true;
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(config).Build();
        consumer.Assign(Enumerable.Range(0, Partitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        List<(Receipt, ConsumeResult<byte[]?, byte[]?>)> receipts = [];
        HashSet<Partition> atEnd = [];
        var started = TimeProvider.System.GetTimestamp();
        while (receipts.Count < atLeast || atEnd.Count < Partitions)
        {
            if (TimeProvider.System.GetElapsedTime(started) > Deadline)
                throw new TimeoutException($"{topic} holds {receipts.Count} receipts after {Deadline}; the test waits for {atLeast}.");
            if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is not { } record) continue;
            if (record.IsPartitionEOF)
            {
                atEnd.Add(record.Partition);
                continue;
            }

            atEnd.Remove(record.Partition);
            receipts.Add((serde.Deserialize(record.Message.Value), record));
        }

        return receipts;
    }
}
