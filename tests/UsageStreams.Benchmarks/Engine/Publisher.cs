using System.Runtime.InteropServices;
using Confluent.Kafka;
using UsageStreams.Streams;
using UsageStreams.Streams.Internal.Native;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>Fills topics, by the engine's way to write: a record goes to the partition that murmur2 of its key gives.</summary>
internal sealed class Publisher : IDisposable
{
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly NativeProducer _records;
    private readonly int _partitions;

    public Publisher(KafkaConnection connection, int partitions)
    {
        _producer = new ProducerBuilder<byte[], byte[]>(Config(connection)).Build();
        _records = new NativeProducer(_producer);
        _partitions = partitions;
    }

    public static ProducerConfig Config(KafkaConnection connection)
    {
        var config = connection.ProducerConfig();
        config.LingerMs = 20;
        config.EnableDeliveryReports = false;
        config.QueueBufferingMaxMessages = 1_000_000;
        return config;
    }

    public void Send<TKey, TValue>(string topic, TKey key, TValue value)
        where TKey : unmanaged
        where TValue : unmanaged =>
        Send(topic, MemoryMarshal.AsBytes(new ReadOnlySpan<TKey>(in key)), MemoryMarshal.AsBytes(new ReadOnlySpan<TValue>(in value)));

    public void Send(string topic, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var record = new OutputRecord(topic, Partitioners.Murmur2(key, _partitions)) { Key = key, HasKey = true, Value = value, HasValue = true };
        while (!_records.TryProduce(in record)) _producer.Poll(TimeSpan.FromMilliseconds(10));
    }

    /// <summary>Returns when everything is acknowledged.</summary>
    public void Flush()
    {
        while (_producer.Flush(TimeSpan.FromSeconds(10)) > 0) EngineSetting.Say("still publishing");
    }

    public void Dispose()
    {
        Flush();
        _records.Dispose();
        _producer.Dispose();
    }
}
