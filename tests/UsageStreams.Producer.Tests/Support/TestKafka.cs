using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using UsageStreams.Avro.Registry;
using UsageStreams.Embedded;
using UsageStreams.Embedded.Registry;
using UsageStreams.Embedded.Requests;
using UsageStreams.Model;
using UsageStreams.Protocol;

namespace UsageStreams.Producer.Tests.Support;

/// <summary>
/// Kafka and a registry: those that USAGESTREAMS_KAFKA and, if set, USAGESTREAMS_REGISTRY name, else embedded ones. Tests that need a broker which
/// fails take a <see cref="FaultyKafka"/>.
/// </summary>
public class TestKafka : IAsyncLifetime
{
    public const string Client = "producer-under-test";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("usagestreams-producer-");
    private EmbeddedBroker? _broker;
    private EmbeddedRegistry? _registry;

    public string Bootstrap { get; private set; } = null!;

    public Uri Registry { get; private set; } = null!;

    /// <summary>Fails requests to an embedded broker, which is taken in any case then; null where no test wants that.</summary>
    private protected virtual Func<ApiKey, string, RequestFault>? Fault => null;

    public async ValueTask InitializeAsync()
    {
        if (Given("USAGESTREAMS_KAFKA") is { } kafka)
            Bootstrap = kafka;
        else
            await StartBrokerAsync();
        if (Given("USAGESTREAMS_REGISTRY") is not { } registry)
        {
            _registry = await EmbeddedRegistry.StartAsync(new EmbeddedRegistryOptions { BootstrapServers = Bootstrap, Topic = $"_schemas-{Guid.NewGuid():N}" });
            registry = _registry.Url.ToString();
        }

        Registry = new Uri(registry);
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (_registry is not null)
            await _registry.DisposeAsync();
        await StopBrokerAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the embedded broker; a second time on the port that it had.</summary>
    private protected async Task StartBrokerAsync()
    {
        var port = Bootstrap is null ? 0 : int.Parse(Bootstrap.AsSpan(Bootstrap.IndexOf(':') + 1), System.Globalization.CultureInfo.InvariantCulture);
        _broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { DataDirectory = _folder.FullName, Port = port, Fault = Fault });
        Bootstrap = _broker.BootstrapServers;
    }

    private protected async Task StopBrokerAsync()
    {
        if (_broker is not null)
            await _broker.DisposeAsync();
        _broker = null;
    }

    public async Task<string> CreateTopicAsync(int partitions = 4)
    {
        var topic = $"events-{Guid.NewGuid():N}";
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Bootstrap }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions }]);
        // A cluster answers before all its brokers know of the topic.
        var start = TimeProvider.System.GetTimestamp();
        while (admin.GetMetadata(TimeSpan.FromSeconds(20)).Topics.Find(found => found.Topic == topic)?.Partitions.Count(static partition => partition.Leader >= 0) != partitions)
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(60), $"the topic {topic} has no leaders");
        return topic;
    }

    public UsageProducerOptions Options(string topic) => new()
    {
        BootstrapServers = Bootstrap, Registry = Registry, Topic = topic, ClientId = Client, Linger = TimeSpan.Zero,
        Settings = new Dictionary<string, string> { ["retry.backoff.ms"] = "10" },
    };

    public async Task<UsageProducer> ConnectAsync(string topic) => await UsageProducer.ConnectAsync(Options(topic), TestContext.Current.CancellationToken);

    /// <summary>All records of a topic, as they stand there.</summary>
    public List<ConsumeResult<string, byte[]>> Read(string topic)
    {
        var config = new ConsumerConfig { BootstrapServers = Bootstrap, GroupId = "reader", EnablePartitionEof = true, AutoOffsetReset = AutoOffsetReset.Earliest };
        using var consumer = new ConsumerBuilder<string, byte[]>(config).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var partitions = admin.GetMetadata(topic, TimeSpan.FromSeconds(20)).Topics.Single().Partitions;
        consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(topic, partition.PartitionId, Offset.Beginning)));
        List<ConsumeResult<string, byte[]>> records = [];
        for (var ends = 0; ends < partitions.Count;)
        {
            var result = consumer.Consume(TimeSpan.FromSeconds(20)) ?? throw new TimeoutException($"Only {records.Count} records and {ends} ends of partitions within 20 s.");
            if (result.IsPartitionEOF)
                ends++;
            else
                records.Add(result);
        }

        return records;
    }

    public UsageEvent Decode(byte[] value)
    {
        using var registry = new SchemaRegistryClient(Registry);
        return new AvroRecordDeserializer<UsageEvent>(registry).Deserialize(value);
    }

    public static string Header(ConsumeResult<string, byte[]> record, string name) => Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(name));

    private string? Given(string variable) => Fault is null && Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given ? given : null;
}
