using Confluent.Kafka;

namespace UsageStreams.Producer.Internal;

/// <summary>One idempotent client. An error that it can't go on from breaks it for good; another one takes its place.</summary>
internal sealed class KafkaClient : IDisposable
{
    private readonly IProducer<byte[], byte[]> _producer;
    private volatile string? _lastError;

    public KafkaClient(UsageProducerOptions options)
    {
        _producer = new ProducerBuilder<byte[], byte[]>(Configuration(options))
            .SetErrorHandler((_, error) =>
            {
                IsBroken |= error.IsFatal;
                // That all brokers are down follows from the error that says why.
                if (_lastError is null || error.Code != ErrorCode.Local_AllBrokersDown)
                    _lastError = error.Reason;
            })
            .SetLogHandler(static (_, _) => { })
            .Build();
    }

    /// <summary>Whether it can't send any more.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>What the client said last of its connections; null when it has said nothing.</summary>
    public string? LastError => _lastError;

    /// <summary>Hands a record to the client's queue.</summary>
    /// <exception cref="KafkaException">The client does not take it.</exception>
    public void Produce(string topic, Message<byte[], byte[]> message, Action<DeliveryReport<byte[], byte[]>> report)
    {
        try
        {
            _producer.Produce(topic, message, report);
        }
        catch (KafkaException error)
        {
            IsBroken |= error.Error.IsFatal;
            throw;
        }
    }

    /// <summary>Asks the brokers for a topic; null names all topics.</summary>
    /// <exception cref="KafkaException">None answers in time.</exception>
    public IReadOnlyList<TopicMetadata> Ask(string? topic, TimeSpan timeout)
    {
        using var admin = new DependentAdminClientBuilder(_producer.Handle).Build();
        return (topic is null ? admin.GetMetadata(timeout) : admin.GetMetadata(topic, timeout)).Topics;
    }

    /// <summary>Waits until all that was handed over is reported.</summary>
    public void Flush(CancellationToken cancellation) => _producer.Flush(cancellation);

    /// <summary>The same for a time; the number of records that are not reported by then.</summary>
    public int Flush(TimeSpan limit) => _producer.Flush(limit);

    public void Dispose() => _producer.Dispose();

    private static ProducerConfig Configuration(UsageProducerOptions options)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = options.BootstrapServers,
            ClientId = options.ClientId,
            Acks = Acks.All,
            EnableIdempotence = true,
            // As Kafka's Java client chooses, and the engine: all events of a tenant stand in one partition, whoever sent them.
            Partitioner = Partitioner.Murmur2Random,
            LingerMs = options.Linger.TotalMilliseconds,
            MessageTimeoutMs = (int)options.DeliveryTimeout.TotalMilliseconds,
            MessageMaxBytes = options.MaxEventBytes + 1024,
            // The bounds are kept before a record gets here; these only must not be narrower.
            QueueBufferingMaxMessages = 10_000_000,
            QueueBufferingMaxKbytes = (int)(options.MaxQueuedBytes / 512) + 1024,
            ReconnectBackoffMs = 50,
            ReconnectBackoffMaxMs = 1000,
        };
        foreach (var (name, value) in options.Settings)
            config.Set(name, value);
        return config;
    }
}
