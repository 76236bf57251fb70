using System.Buffers;
using System.Globalization;

namespace UsageStreams.Streams.Testing;

/// <summary>Pipes records into a topic that the topology reads.</summary>
public sealed class TestInputTopic<TKey, TValue>
{
    private readonly TopologyTestDriver _driver;
    private readonly string _topic;
    private readonly ISerde<TKey> _keySerde;
    private readonly ISerde<TValue> _valueSerde;

    internal TestInputTopic(TopologyTestDriver driver, string topic, ISerde<TKey> keySerde, ISerde<TValue> valueSerde)
    {
        _driver = driver;
        _topic = topic;
        _keySerde = keySerde;
        _valueSerde = valueSerde;
    }

    /// <summary>Pipes a record; without <paramref name="partition"/> to the one that murmur2 of the key's bytes gives.</summary>
    public void Pipe(TKey key, TValue value, RecordHeaders? headers = null, int? partition = null)
    {
        byte[] keyBytes = Bytes(_keySerde, key);
        PipeRaw(keyBytes, value is null ? null : Bytes(_valueSerde, value), headers, partition);
    }

    /// <summary>Pipes a tombstone.</summary>
    public void PipeTombstone(TKey key, RecordHeaders? headers = null, int? partition = null) =>
        PipeRaw(Bytes(_keySerde, key), null, headers, partition);

    /// <summary>Pipes bytes as they are. Without a key they go to partition 0 unless <paramref name="partition"/> is given.</summary>
    public void PipeRaw(byte[]? key, byte[]? value, RecordHeaders? headers = null, int? partition = null) =>
        _driver.Pipe(_topic, partition, key, value, headers ?? RecordHeaders.Empty);

    /// <summary>Pipes a watermark: nothing before <paramref name="time"/> (Unix ms) will come.</summary>
    /// <param name="partition">Partition of the topic.</param>
    /// <param name="time">Unix ms.</param>
    /// <param name="upstream">Who says so, as <c>sub-topology/partition/partitions</c>; null for a producer.</param>
    public void PipeWatermark(int partition, long time, string? upstream = null) =>
        PipeWatermark(partition, time.ToString(CultureInfo.InvariantCulture), upstream);

    /// <summary>Pipes the announcement that an upstream task is idle.</summary>
    public void PipeIdle(int partition, string? upstream = null) => PipeWatermark(partition, "idle", upstream);

    private void PipeWatermark(int partition, string time, string? upstream)
    {
        RecordHeaders headers = RecordHeaders.Empty.With("us-watermark", time);
        PipeRaw(null, null, upstream is null ? headers : headers.With("us-upstream", upstream), partition);
    }

    private static byte[] Bytes<T>(ISerde<T> serde, T value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        serde.Serialize(value, buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
