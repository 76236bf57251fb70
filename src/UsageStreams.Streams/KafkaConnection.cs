using System.Collections.ObjectModel;
using Confluent.Kafka;

namespace UsageStreams.Streams;

/// <summary>Where Kafka is and how to log in; makes the configurations of clients with safe defaults.</summary>
/// <param name="BootstrapServers">Addresses, <c>host:port</c> separated by commas.</param>
public sealed record KafkaConnection(string BootstrapServers)
{
    private static readonly string[] Owned =
    [
        "acks", "allow.auto.create.topics", "auto.offset.reset", "bootstrap.servers", "enable.auto.commit", "enable.auto.offset.store",
        "enable.idempotence", "enable.partition.eof", "group.id", "group.instance.id", "isolation.level", "partition.assignment.strategy",
        "session.timeout.ms", "transaction.timeout.ms", "transactional.id",
    ];

    private readonly IReadOnlyDictionary<string, string> _settings = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>
    /// Further librdkafka settings, for every client: <c>security.protocol</c>, <c>sasl.username</c>, <c>ssl.ca.location</c> and their like.
    /// They are never logged.
    /// </summary>
    /// <exception cref="StreamsException">A setting is one that exactly-once rests on, so that it can't be given.</exception>
    public IReadOnlyDictionary<string, string> Settings
    {
        get => _settings;
        init
        {
            string[] refused = [.. value.Keys.Intersect(Owned, StringComparer.OrdinalIgnoreCase)];
            if (refused.Length > 0)
                throw new StreamsException($"These Kafka settings are the engine's own and can't be given: {string.Join(", ", refused)}. Remove them.");
            _settings = value;
        }
    }

    /// <summary>
    /// A consumer that reads committed records only, commits nothing by itself, and whose next fetch is not put off for a second when its queue
    /// is full (librdkafka's <c>fetch.queue.backoff.ms</c>).
    /// </summary>
    public ConsumerConfig ConsumerConfig(string groupId)
    {
        var config = new ConsumerConfig
        {
            GroupId = groupId,
            IsolationLevel = IsolationLevel.ReadCommitted,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            AllowAutoCreateTopics = false,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        };
        config.Set("fetch.queue.backoff.ms", "5");
        config.Set("queued.min.messages", "100000");
        return Apply(config);
    }

    /// <summary>An idempotent producer that waits for all replicas; transactional with a <paramref name="transactionalId"/>.</summary>
    public ProducerConfig ProducerConfig(string? transactionalId = null)
    {
        var config = new ProducerConfig
        {
            Acks = Acks.All,
            EnableIdempotence = true,
            Partitioner = Confluent.Kafka.Partitioner.Murmur2Random,
            LingerMs = 5,
        };
        if (transactionalId is not null)
            config.TransactionalId = transactionalId;
        return Apply(config);
    }

    /// <summary>An admin client.</summary>
    public AdminClientConfig AdminClientConfig() => Apply(new AdminClientConfig());

    /// <summary>Asks the brokers for their names.</summary>
    /// <exception cref="KafkaUnreachableException">None answered within <paramref name="timeout"/>.</exception>
    public void EnsureReachable(TimeSpan timeout)
    {
        string? lastError = null;
        AdminClientBuilder builder = new AdminClientBuilder(AdminClientConfig())
            .SetErrorHandler((_, error) =>
            {
                // That all brokers are down is what follows from the error that says why.
                if (lastError is null || error.Code != ErrorCode.Local_AllBrokersDown)
                    lastError = error.Reason;
            })
            .SetLogHandler(static (_, _) => { });
        using IAdminClient admin = builder.Build();
        try
        {
            admin.GetMetadata(timeout);
        }
        catch (KafkaException e)
        {
            throw new KafkaUnreachableException(BootstrapServers, timeout, lastError ?? e.Error.Reason, e);
        }
    }

    /// <summary>The addresses and how they are secured; no other setting, because some are secrets.</summary>
    public override string ToString() =>
        $"Kafka at {BootstrapServers} ({_settings.GetValueOrDefault("security.protocol", "plaintext").ToLowerInvariant()})";

    private TConfig Apply<TConfig>(TConfig config)
        where TConfig : ClientConfig
    {
        config.BootstrapServers = BootstrapServers;
        foreach ((string key, string value) in _settings)
            config.Set(key, value);
        return config;
    }
}

/// <summary>No broker answers.</summary>
public sealed class KafkaUnreachableException : StreamsException
{
    internal KafkaUnreachableException(string bootstrapServers, TimeSpan timeout, string cause, Exception innerException)
        : base(
            $"No Kafka broker answers at {bootstrapServers} within {timeout.TotalSeconds:0.#} s: {cause}. "
            + "Check the address, that the broker runs, and, where it is secured, the security settings.",
            innerException) => BootstrapServers = bootstrapServers;

    /// <summary>The addresses tried.</summary>
    public string BootstrapServers { get; }
}
