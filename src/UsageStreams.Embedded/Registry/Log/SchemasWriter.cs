using System.Collections.Immutable;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace UsageStreams.Embedded.Registry.Log;

/// <summary>Appends records to the registry's topic, acknowledged by all replicas, in order.</summary>
internal sealed class SchemasWriter : IDisposable
{
    private readonly IProducer<byte[], byte[]?> _producer;
    private readonly TopicPartition _partition;

    public SchemasWriter(EmbeddedRegistryOptions options, TopicPartition partition, ILogger logger)
    {
        _partition = partition;
        var settings = new ProducerConfig(KafkaSettings.Of(options))
        {
            Acks = Acks.All,
            EnableIdempotence = true,
            LingerMs = 0,
            MessageTimeoutMs = (int)options.KafkaTimeout.TotalMilliseconds,
        };
        _producer = new ProducerBuilder<byte[], byte[]?>(settings)
            .SetLogHandler(KafkaSettings.Silent)
            .SetErrorHandler(KafkaSettings.Logged(logger))
            .Build();
    }

    /// <summary>Appends some records.</summary>
    /// <returns>The offset behind the last of them.</returns>
    /// <exception cref="KafkaException">One was not acknowledged; those before it may have been.</exception>
    public async Task<long> AppendAsync(ImmutableArray<LogRecord> records)
    {
        long end = 0;
        foreach (LogRecord record in records)
        {
            var message = new Message<byte[], byte[]?> { Key = LogRecordCodec.EncodeKey(record), Value = LogRecordCodec.EncodeValue(record) };
            DeliveryResult<byte[], byte[]?> delivered = await _producer.ProduceAsync(_partition, message);
            end = delivered.Offset.Value + 1;
        }

        return end;
    }

    public void Dispose() => _producer.Dispose();
}
