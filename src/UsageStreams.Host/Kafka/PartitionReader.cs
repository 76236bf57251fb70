using System.Text;
using Confluent.Kafka;
using UsageStreams.Streams;

namespace UsageStreams.Host.Kafka;

/// <summary>Reads parts of topics: a range of offsets, or the partition that a key is in; committed records only.</summary>
internal sealed class PartitionReader(KafkaAccess access)
{
    private readonly Dictionary<string, IReadOnlyList<TopicPartition>> _partitions = new(StringComparer.Ordinal);

    /// <summary>The partition a key is in, as Kafka's Java client chooses it.</summary>
    /// <exception cref="HostException">There is no such topic.</exception>
    public TopicPartition PartitionOf(string topic, string key) => new(topic, Partitioners.Murmur2(key, Partitions(topic).Count));

    /// <summary>Whether a topic has a partition.</summary>
    public bool Has(TopicPartition partition) => TopicReader.Partitions(access, partition.Topic).Contains(partition);

    /// <summary>Reads the records of a key, in order. Others that are in the partition are passed over.</summary>
    public void ReadKey(TopicPartition partition, string key, Action<ConsumeResult<byte[], byte[]>> read, CancellationToken cancellation)
    {
        var bytes = Encoding.UTF8.GetBytes(key);
        Read(partition, 0, long.MaxValue, record =>
        {
            if (record.Message.Key is { } other && other.AsSpan().SequenceEqual(bytes))
                read(record);
        }, cancellation);
    }

    /// <summary>Reads a range of offsets, in order.</summary>
    /// <returns>The first offset that the partition still holds, and the one behind its last.</returns>
    public WatermarkOffsets Read(TopicPartition partition, long first, long last, Action<ConsumeResult<byte[], byte[]>> read, CancellationToken cancellation) =>
        TopicReader.ReadRange(access, partition, first, last, read, cancellation);

    private IReadOnlyList<TopicPartition> Partitions(string topic)
    {
        if (_partitions.TryGetValue(topic, out var partitions))
            return partitions;
        partitions = TopicReader.Partitions(access, topic);
        if (partitions.Count == 0)
            throw new HostException(ExitCodes.NotFound, $"There is no topic {topic} at {access.Bootstrap}: is --prefix right? 'usagestreams topics create' makes those that are missing.");
        _partitions.Add(topic, partitions);
        return partitions;
    }
}
