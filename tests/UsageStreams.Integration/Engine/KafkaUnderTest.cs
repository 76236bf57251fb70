using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using UsageStreams.Embedded;
using UsageStreams.Embedded.Requests;
using UsageStreams.Protocol;
using UsageStreams.Streams;

namespace UsageStreams.Integration.Engine;

/// <summary>The Kafka that the tests run on, and the plain client calls that they check it with.</summary>
public sealed class KafkaUnderTest : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    private int _topics;
    private EmbeddedBroker? _embedded;
    private string? _directory;

    public KafkaConnection Connection { get; private set; } = null!;

    /// <summary>An embedded broker always, whose requests fail as a test wants.</summary>
    internal Func<ApiKey, string, RequestFault>? Fault { get; init; }

    /// <summary>
    /// A real Kafka where USAGESTREAMS_KAFKA says host:port, with the client settings of USAGESTREAMS_KAFKA_SETTINGS (name=value;name=value), else an
    /// embedded broker of our own.
    /// </summary>
    public async ValueTask InitializeAsync()
    {
        string? address = Environment.GetEnvironmentVariable("USAGESTREAMS_KAFKA");
        if (string.IsNullOrEmpty(address) || Fault is not null)
        {
            _directory = Directory.CreateTempSubdirectory("usagestreams-engine-").FullName;
            _embedded = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { DataDirectory = _directory, Fault = Fault });
            address = _embedded.BootstrapServers;
        }

        Connection = new KafkaConnection(address) { Settings = _embedded is null ? GivenSettings() : new Dictionary<string, string>() };
    }

    private static Dictionary<string, string> GivenSettings() => (Environment.GetEnvironmentVariable("USAGESTREAMS_KAFKA_SETTINGS") ?? "")
        .Split(';', StringSplitOptions.RemoveEmptyEntries)
        .Select(static setting => setting.Split('=', 2))
        .ToDictionary(static setting => setting[0], static setting => setting[1], StringComparer.Ordinal);

    /// <summary>Stops the embedded broker, and starts it again on the same port and folder.</summary>
    internal async Task RestartAsync(Func<Task> whileDown)
    {
        int port = int.Parse(_embedded!.BootstrapServers[(_embedded.BootstrapServers.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
        await _embedded.DisposeAsync();
        await whileDown();
        _embedded = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { DataDirectory = _directory!, Fault = Fault, Port = port });
    }

    public async ValueTask DisposeAsync()
    {
        if (_embedded is null)
            return;
        await _embedded.DisposeAsync();
        Directory.Delete(_directory!, recursive: true);
    }

    /// <summary>Names that no other run has.</summary>
    public string Unique(string name) => $"{name}-{Guid.NewGuid():N}-{Interlocked.Increment(ref _topics)}";

    public async Task<string> CreateTopicAsync(string name, int partitions)
    {
        string topic = Unique(name);
        using IAdminClient admin = new AdminClientBuilder(Connection.AdminClientConfig()).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = 1 }]);
        await Eventually.TrueAsync(
            () => admin.GetMetadata(TimeSpan.FromSeconds(5)).Topics.Exists(t => t.Topic == topic && t.Partitions.Count == partitions), $"topic {topic}");
        return topic;
    }

    /// <summary>Writes keys and values, to the partition that murmur2 gives.</summary>
    public void Write(string topic, IEnumerable<(string Key, string Value)> records)
    {
        using IProducer<byte[], byte[]> producer = new ProducerBuilder<byte[], byte[]>(Connection.ProducerConfig()).Build();
        foreach ((string key, string value) in records)
            producer.Produce(topic, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(key), Value = Encoding.UTF8.GetBytes(value) });
        producer.Flush(Deadline).ShouldBe(0);
    }

    /// <summary>Reads committed records until <paramref name="enough"/>, and then for as long as there are more.</summary>
    public List<(string Key, byte[]? Value)> Read(string topic, Func<List<(string Key, byte[]? Value)>, bool> enough)
    {
        ConsumerConfig config = Connection.ConsumerConfig(Unique("check"));
        config.EnablePartitionEof = true;
        using IConsumer<byte[]?, byte[]?> consumer = new ConsumerBuilder<byte[]?, byte[]?>(config).Build();
        using IAdminClient admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        List<PartitionMetadata> partitions = admin.GetMetadata(topic, Deadline).Topics[0].Partitions;
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(topic, p.PartitionId, Offset.Beginning)));
        var records = new List<(string Key, byte[]? Value)>();
        var atEnd = new HashSet<int>();
        long start = TimeProvider.System.GetTimestamp();
        while (!(enough(records) && atEnd.Count == partitions.Count))
        {
            if (TimeProvider.System.GetElapsedTime(start) > Deadline)
                throw new TimeoutException($"Topic {topic} holds {records.Count} records after {Deadline}: not what the test waits for.");
            ConsumeResult<byte[]?, byte[]?>? result = consumer.Consume(TimeSpan.FromMilliseconds(100));
            if (result is null)
                continue;
            if (result.IsPartitionEOF)
            {
                atEnd.Add(result.Partition.Value);
                continue;
            }

            atEnd.Remove(result.Partition.Value);
            if (result.Message.Key is not null)
                records.Add((Encoding.UTF8.GetString(result.Message.Key), result.Message.Value));
        }

        return records;
    }

    /// <summary>Names of the topics that there are.</summary>
    public IReadOnlyList<string> Topics()
    {
        using IAdminClient admin = new AdminClientBuilder(Connection.AdminClientConfig()).Build();
        return [.. admin.GetMetadata(Deadline).Topics.Select(static t => t.Topic)];
    }

    /// <summary>The first offset that partition 0 still has.</summary>
    public long FirstOffset(string topic)
    {
        using IConsumer<byte[]?, byte[]?> consumer = new ConsumerBuilder<byte[]?, byte[]?>(Connection.ConsumerConfig(Unique("check"))).Build();
        return consumer.QueryWatermarkOffsets(new TopicPartition(topic, 0), Deadline).Low.Value;
    }

    public static long Number(byte[]? value) => Serdes.Int64.Deserialize(value);
}

/// <summary>Waits for conditions.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Deadline)
                throw new TimeoutException($"Waited {Deadline} in vain for: {what}.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
