using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using UsageStreams.Avro.Registry;
using UsageStreams.Embedded;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Registry;
using UsageStreams.Embedded.Requests;
using UsageStreams.Model;

namespace UsageStreams.Producer.Tests.Support;

/// <summary>An embedded broker and registry that fail producers as a test says; the broker can be stopped and started on the same port.</summary>
public sealed class TestKafka : IAsyncLifetime
{
    public const string Client = "producer-under-test";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("usagestreams-producer-");
    private readonly ManualResetEventSlim _open = new(initialState: true);
    private EmbeddedBroker? _broker;
    private EmbeddedRegistry _registry = null!;
    private int _port;

    public string Bootstrap { get; private set; } = null!;

    public Uri Registry => _registry.Url;

    /// <summary>What becomes of the next requests to produce, one after the other; null loses the answer.</summary>
    internal ConcurrentQueue<Embedded.Protocol.ErrorCode?> Faults { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await StartBrokerAsync();
        _registry = await EmbeddedRegistry.StartAsync(new EmbeddedRegistryOptions { BootstrapServers = Bootstrap });
    }

    public async ValueTask DisposeAsync()
    {
        _open.Set();
        await _registry.DisposeAsync();
        if (_broker is not null)
            await _broker.DisposeAsync();
        _open.Dispose();
        _folder.Delete(recursive: true);
    }

    public async Task StartBrokerAsync()
    {
        _broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { DataDirectory = _folder.FullName, Port = _port, Fault = Decide });
        Bootstrap = _broker.BootstrapServers;
        _port = int.Parse(Bootstrap.AsSpan(Bootstrap.IndexOf(':') + 1), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async Task StopBrokerAsync()
    {
        await _broker!.DisposeAsync();
        _broker = null;
    }

    /// <summary>Lets requests to produce wait until <see cref="Release"/>.</summary>
    public void Hold() => _open.Reset();

    public void Release() => _open.Set();

    public async Task<string> CreateTopicAsync(int partitions = 4)
    {
        var topic = $"events-{Guid.NewGuid():N}";
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Bootstrap }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions }]);
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

    private RequestFault Decide(ApiKey key, string client)
    {
        if (key != ApiKey.Produce || client != Client)
            return default;
        _open.Wait(TimeSpan.FromMinutes(1)).ShouldBeTrue("nobody released the broker");
        return Faults.TryDequeue(out var refusal) ? new RequestFault(refusal, LosesAnswer: refusal is null) : default;
    }
}
