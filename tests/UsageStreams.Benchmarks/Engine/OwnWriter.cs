using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using UsageStreams.Streams;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Internal.Wire;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>Writes by the engine's own producer, as a session does: all in one transaction.</summary>
internal sealed class OwnWriter : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly WireProducer _producer;

    public OwnWriter(KafkaConnection connection, string topic)
    {
        var config = connection.ProducerConfig($"{topic}-writer");
        config.TransactionTimeoutMs = (int)Patience.TotalMilliseconds;
        var settings = WireSettings.Of(config) ?? throw new InvalidOperationException("The connection has settings that only the native producer follows.");
        _producer = new WireProducer(settings, static _ => EngineLoad.Partitions, NullLogger.Instance);
        _producer.Transaction.InitAsync(Patience, _producer.Stopping).GetAwaiter().GetResult();
    }

    public void Send(string topic, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var outbox = _producer.Outbox;
        while (outbox.IsFull)
        {
            outbox.WaitForRoom(Patience);
            Check();
        }

        var record = new OutputRecord(topic, Partitioners.Murmur2(key, EngineLoad.Partitions)) { Key = key, HasKey = true, Value = value, HasValue = true };
        outbox.Add(in record, 0);
    }

    /// <summary>Returns when everything is acknowledged and committed.</summary>
    public void Flush()
    {
        _producer.Outbox.SealAll();
        while (!_producer.Outbox.WaitUntilEmpty(Patience)) Check();
        _producer.Transaction.EndAsync(commit: true, Patience, _producer.Stopping).GetAwaiter().GetResult();
    }

    public void Dispose() => _producer.Dispose();

    private void Check()
    {
        if (_producer.Outbox.Failure is { } failure)
            throw new KafkaException(new Error(failure.Code, failure.Reason));
    }
}
