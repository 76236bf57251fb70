using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using UsageStreams.Streams.Internal.Native;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>Makes the clients of one thread, with the names and settings that exactly-once rests on.</summary>
internal sealed class ClientFactory(StreamsOptions options, int thread, ILogger logger) : ISessionConnector
{
    private readonly string _clientId = $"{options.ApplicationId}-{options.InstanceId ?? Guid.NewGuid().ToString("N")}-{thread}";

    public string ClientId => _clientId;

    /// <summary>The name by which the group knows this thread after a restart; null where the instance has none.</summary>
    public string? GroupInstance => options.InstanceId is null ? null : _clientId;

    public StreamsOptions Options => options;

    public ILogger Logger => logger;

    public ISessionClients Connect() => new KafkaClients(this);

    public IAdminClient Admin() => new AdminClientBuilder(options.Connection.AdminClientConfig())
        .SetLogHandler((_, message) => Log(message))
        .SetErrorHandler(static (_, _) => { })
        .Build();

    /// <summary>What exactly-once needs of a producer.</summary>
    public ProducerConfig TransactionalProducerConfig()
    {
        ProducerConfig config = options.Connection.ProducerConfig(_clientId);
        config.ClientId = _clientId;
        config.TransactionTimeoutMs = (int)options.TransactionTimeout.TotalMilliseconds;
        config.QueueBufferingMaxKbytes ??= options.Buffers.OutputKbytes;
        return config;
    }

    public IProducer<byte[]?, byte[]?> Producer()
    {
        ProducerConfig config = TransactionalProducerConfig();
        Bound(config);
        // A failed delivery fails the transaction, which says so at the commit; reports per record would cost an allocation each.
        config.EnableDeliveryReports = false;
        return new ProducerBuilder<byte[]?, byte[]?>(config)
            .SetLogHandler((_, message) => Log(message))
            .SetErrorHandler(static (_, _) => { })
            .Build();
    }

    /// <summary>A producer without transactions, which tells of failed deliveries.</summary>
    public IdempotentClient IdempotentProducer()
    {
        ProducerConfig config = options.Connection.ProducerConfig();
        config.ClientId = _clientId;
        // As long as the thread may wait for a full queue and still be a member of the group.
        config.MessageTimeoutMs ??= (int)options.MaxPollInterval.TotalMilliseconds;
        Bound(config);
        return new IdempotentClient(config, Log);
    }

    public ConsumerBuilder<byte[]?, byte[]?> GroupConsumer()
    {
        ConsumerConfig config = options.Connection.ConsumerConfig(options.ApplicationId);
        config.ClientId = _clientId;
        config.EnablePartitionEof = true;
        // A committed offset that retention has overtaken is lost data, and must not be jumped over.
        config.AutoOffsetReset = AutoOffsetReset.Error;
        config.SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds;
        config.MaxPollIntervalMs = (int)options.MaxPollInterval.TotalMilliseconds;
        Bound(config);
        config.HeartbeatIntervalMs ??= (int)Math.Min(3000, options.SessionTimeout.TotalMilliseconds / 3);
        if (GroupInstance is not null)
            config.GroupInstanceId = GroupInstance;
        return Build(config);
    }

    /// <summary>A member of the group without an instance name: its coming and going makes the group rebalance.</summary>
    public ConsumerBuilder<byte[]?, byte[]?> Visitor()
    {
        ConsumerConfig config = options.Connection.ConsumerConfig(options.ApplicationId);
        config.ClientId = $"{_clientId}~visitor";
        config.SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds;
        return Build(config);
    }

    /// <summary>A consumer outside the group, which reads changelogs and tables.</summary>
    public IConsumer<byte[]?, byte[]?> Reader(string purpose)
    {
        ConsumerConfig config = options.Connection.ConsumerConfig(options.ApplicationId);
        config.ClientId = $"{_clientId}-{purpose}";
        config.EnablePartitionEof = true;
        Bound(config);
        return Build(config).Build();
    }

    /// <summary>A consumer outside the group, which reads a task's input once more. What is deleted meanwhile must not be jumped over.</summary>
    /// <param name="single">Whether single records are read, here and there: what the client fetches ahead is thrown away with each jump.</param>
    public IConsumer<byte[]?, byte[]?> PastReader(bool single)
    {
        ConsumerConfig config = options.Connection.ConsumerConfig(options.ApplicationId);
        config.ClientId = $"{_clientId}-past";
        config.EnablePartitionEof = true;
        config.AutoOffsetReset = AutoOffsetReset.Error;
        Bound(config);
        if (single)
            (config.QueuedMinMessages, config.FetchQueueBackoffMs, config.FetchWaitMaxMs, config.MaxPartitionFetchBytes) = (1, 1, 20, 64 * 1024);
        return Build(config).Build();
    }

    private ConsumerBuilder<byte[]?, byte[]?> Build(ConsumerConfig config) => new ConsumerBuilder<byte[]?, byte[]?>(config)
        .SetKeyDeserializer(RawBytes.Instance)
        .SetValueDeserializer(RawBytes.Instance)
        .SetLogHandler((_, message) => Log(message))
        .SetErrorHandler(static (_, _) => { });

    private void Bound(ProducerConfig config)
    {
        config.QueueBufferingMaxMessages ??= options.Buffers.OutputRecords;
        config.QueueBufferingMaxKbytes ??= options.Buffers.OutputKbytes;
    }

    private void Bound(ConsumerConfig config)
    {
        config.QueuedMaxMessagesKbytes ??= options.Buffers.InputKbytes;
        config.FetchMaxBytes ??= options.Buffers.FetchBytes;
    }

    private void Log(LogMessage message)
    {
        LogLevel level = message.Level switch
        {
            SyslogLevel.Emergency or SyslogLevel.Alert or SyslogLevel.Critical or SyslogLevel.Error => LogLevel.Warning,
            SyslogLevel.Warning => LogLevel.Information,
            _ => LogLevel.Debug,
        };
        logger.ClientMessage(level, message.Name, message.Facility, message.Message);
    }

    private sealed class RawBytes : IDeserializer<byte[]?>
    {
        public static readonly RawBytes Instance = new();

        public byte[]? Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) => isNull ? null : data.ToArray();
    }
}
