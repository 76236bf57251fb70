using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace UsageStreams.Embedded.Tests.Support;

/// <summary>A broker on a folder of its own, with clients as the product configures them. Can be stopped and started on the same folder.</summary>
internal sealed class BrokerUnderTest : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly Func<string, EmbeddedBrokerOptions> _options;
    private readonly TimeProvider? _time;

    private BrokerUnderTest(Func<string, EmbeddedBrokerOptions> options, TimeProvider? time) => (_options, _time) = (options, time);

    public EmbeddedBroker Broker { get; private set; } = null!;

    public string DataDirectory => _folder.Path;

    public static async Task<BrokerUnderTest> StartAsync(Func<string, EmbeddedBrokerOptions>? options = null, TimeProvider? time = null)
    {
        var test = new BrokerUnderTest(options ?? (folder => new EmbeddedBrokerOptions { DataDirectory = folder }), time);
        await test.RestartAsync();
        return test;
    }

    public Task StopAsync() => Broker.DisposeAsync().AsTask();

    public async Task RestartAsync(Func<string, EmbeddedBrokerOptions>? options = null)
    {
        if (Broker is not null)
            await StopAsync();
        Broker = await EmbeddedBroker.StartAsync((options ?? _options)(_folder.Path), time: _time, ct: TestContext.Current.CancellationToken);
    }

    public async Task CreateTopicAsync(string name, int partitions = 1, params (string Name, string Value)[] configs)
    {
        using var admin = Admin();
        var topic = new TopicSpecification
        {
            Name = name,
            NumPartitions = partitions,
            ReplicationFactor = 1,
            Configs = configs.ToDictionary(config => config.Name, config => config.Value),
        };
        await admin.CreateTopicsAsync([topic]);
    }

    public IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Broker.BootstrapServers }).Build();

    public IProducer<string, string> Producer(Action<ProducerConfig>? change = null)
    {
        var config = new ProducerConfig { BootstrapServers = Broker.BootstrapServers, EnableIdempotence = true, LingerMs = 5 };
        change?.Invoke(config);
        return new ProducerBuilder<string, string>(config).SetLogHandler((_, _) => { }).Build();
    }

    public IProducer<string, string> Transactional(string transactionalId, int timeoutMs = 60_000)
    {
        var producer = Producer(config => (config.TransactionalId, config.TransactionTimeoutMs) = (transactionalId, timeoutMs));
        producer.InitTransactions(Patience);
        return producer;
    }

    public IConsumer<string, string> Consumer(string group, Action<ConsumerConfig>? change = null, Action<ConsumerBuilder<string, string>>? build = null)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = Broker.BootstrapServers,
            GroupId = group,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            IsolationLevel = IsolationLevel.ReadCommitted,
            SessionTimeoutMs = 6000,
            HeartbeatIntervalMs = 200,
            FetchWaitMaxMs = 100,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        };
        change?.Invoke(config);
        var builder = new ConsumerBuilder<string, string>(config).SetLogHandler((_, _) => { });
        build?.Invoke(builder);
        return builder.Build();
    }

    /// <summary>Reads a partition from its start to its end.</summary>
    public List<ConsumeResult<string, string>> ReadAll(string topic, int partition = 0, IsolationLevel isolation = IsolationLevel.ReadCommitted, long from = 0)
    {
        using var consumer = Consumer("reader", config => config.IsolationLevel = isolation);
        consumer.Assign(new TopicPartitionOffset(topic, partition, from));
        return consumer.ReadToEnd(partitions: 1);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }
}

internal static class ConsumerReading
{
    /// <summary>Consumes until the end of that many partitions was seen.</summary>
    public static List<ConsumeResult<string, string>> ReadToEnd(this IConsumer<string, string> consumer, int partitions)
    {
        var records = new List<ConsumeResult<string, string>>();
        var ended = new HashSet<TopicPartition>();
        using var limit = new CancellationTokenSource(BrokerUnderTest.Patience);
        while (ended.Count < partitions)
        {
            var result = consumer.Consume(limit.Token);
            if (result.IsPartitionEOF)
                ended.Add(result.TopicPartition);
            else
                records.Add(result);
        }

        return records;
    }
}
