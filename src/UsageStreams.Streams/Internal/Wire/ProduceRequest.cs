using Confluent.Kafka;
using UsageStreams.Protocol;

namespace UsageStreams.Streams.Internal.Wire;

/// <summary>Writes batches to partitions of one leader, one to each.</summary>
internal static class ProduceRequest
{
    private const short AllReplicas = -1;

    /// <summary>The request for numbered batches, which are copied when it is sent.</summary>
    public static WireRequest Of(WireSettings settings, IReadOnlyList<PartitionQueue> queues) => new(
        ApiKey.Produce, ApiVersions.Produce, IsFlexible: false, writer =>
        {
            writer.WriteNullableString(settings.TransactionalId);
            writer.WriteInt16(AllReplicas);
            writer.WriteInt32((int)settings.RequestTimeout.TotalMilliseconds);
            ILookup<string, PartitionQueue> topics = queues.ToLookup(static q => q.Partition.Topic, StringComparer.Ordinal);
            writer.WriteArrayLength(topics.Count);
            foreach (IGrouping<string, PartitionQueue> topic in topics)
            {
                writer.WriteString(topic.Key);
                writer.WriteArrayLength(topic.Count());
                foreach (PartitionQueue queue in topic)
                {
                    writer.WriteInt32(queue.Partition.Partition.Value);
                    writer.WriteBytes(queue.First!.Bytes);
                }
            }
        });

    /// <summary>What became of each partition's batch.</summary>
    public static List<(TopicPartition Partition, ErrorCode Code, string? Reason)> Read(WireReader reader)
    {
        var results = new List<(TopicPartition, ErrorCode, string?)>();
        for (int topics = reader.ReadArrayLength(); topics > 0; topics--)
        {
            string topic = reader.ReadString();
            for (int partitions = reader.ReadArrayLength(); partitions > 0; partitions--)
                results.Add(ReadPartition(reader, topic));
        }

        return results;
    }

    private static (TopicPartition Partition, ErrorCode Code, string? Reason) ReadPartition(WireReader reader, string topic)
    {
        var partition = new TopicPartition(topic, reader.ReadInt32());
        var code = (ErrorCode)reader.ReadInt16();
        // Offset, time and start of the log.
        for (int i = 0; i < 3; i++)
            reader.ReadInt64();
        string? reason = null;
        for (int errors = reader.ReadArrayLength(); errors > 0; errors--)
        {
            reader.ReadInt32();
            reason ??= reader.ReadNullableString();
        }

        string? all = reader.ReadNullableString();
        return (partition, code, reason ?? all);
    }
}
