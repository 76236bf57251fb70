using Confluent.Kafka;
using UsageStreams.Protocol;
using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Streams.Internal.Wire;

/// <summary>The requests of one transactional id, and what is read of their answers: the first error.</summary>
internal static class TransactionRequests
{
    public static WireRequest InitProducerId(string transactionalId, TimeSpan timeout) => new(
        ApiKey.InitProducerId, ApiVersions.InitProducerId, IsFlexible: false, writer =>
        {
            writer.WriteNullableString(transactionalId);
            writer.WriteInt32((int)timeout.TotalMilliseconds);
        });

    public static ErrorCode ReadProducerId(WireReader reader, out ProducerIdentity producer)
    {
        reader.ReadInt32();
        var code = (ErrorCode)reader.ReadInt16();
        producer = new ProducerIdentity(reader.ReadInt64(), reader.ReadInt16());
        return code;
    }

    public static WireRequest AddPartitions(string transactionalId, ProducerIdentity producer, IReadOnlyCollection<TopicPartition> partitions) => new(
        ApiKey.AddPartitionsToTxn, ApiVersions.AddPartitionsToTxn, IsFlexible: false, writer =>
        {
            WriteProducer(writer, transactionalId, producer);
            WriteTopics(writer, partitions, static p => p.Topic, static (writer, p) => writer.WriteInt32(p.Partition.Value));
        });

    public static WireRequest AddOffsets(string transactionalId, ProducerIdentity producer, string group) => new(
        ApiKey.AddOffsetsToTxn, ApiVersions.AddOffsetsToTxn, IsFlexible: false, writer =>
        {
            WriteProducer(writer, transactionalId, producer);
            writer.WriteString(group);
        });

    public static WireRequest CommitOffsets(
        string transactionalId, ProducerIdentity producer, GroupMembership member, IReadOnlyCollection<TopicPartitionOffset> offsets) => new(
        ApiKey.TxnOffsetCommit, ApiVersions.TxnOffsetCommit, IsFlexible: true, writer =>
        {
            writer.WriteString(transactionalId);
            writer.WriteString(member.Group);
            writer.WriteInt64(producer.Id);
            writer.WriteInt16(producer.Epoch);
            writer.WriteInt32(member.Generation);
            writer.WriteString(member.MemberId);
            writer.WriteNullableString(member.InstanceId);
            WriteTopics(writer, offsets, static o => o.Topic, WriteOffset);
            writer.WriteNoTags();
        });

    public static WireRequest End(string transactionalId, ProducerIdentity producer, bool commit) => new(
        ApiKey.EndTxn, ApiVersions.EndTxn, IsFlexible: false, writer =>
        {
            WriteProducer(writer, transactionalId, producer);
            writer.WriteBoolean(commit);
        });

    /// <summary>An answer that is one error.</summary>
    public static ErrorCode ReadError(WireReader reader)
    {
        reader.ReadInt32();
        return (ErrorCode)reader.ReadInt16();
    }

    /// <summary>An answer with an error for each partition.</summary>
    public static ErrorCode ReadPartitionErrors(WireReader reader)
    {
        var first = ErrorCode.NoError;
        reader.ReadInt32();
        for (int topics = reader.ReadArrayLength(); topics > 0; topics--)
        {
            reader.ReadString();
            for (int partitions = reader.ReadArrayLength(); partitions > 0; partitions--)
            {
                reader.ReadInt32();
                var code = (ErrorCode)reader.ReadInt16();
                reader.SkipTags();
                // Of partitions that were not tried because of another it is the other that counts.
                if (first is ErrorCode.NoError or ErrorCode.OperationNotAttempted)
                    first = code == ErrorCode.NoError ? first : code;
            }

            reader.SkipTags();
        }

        return first;
    }

    private static void WriteProducer(WireWriter writer, string transactionalId, ProducerIdentity producer)
    {
        writer.WriteString(transactionalId);
        writer.WriteInt64(producer.Id);
        writer.WriteInt16(producer.Epoch);
    }

    private static void WriteOffset(WireWriter writer, TopicPartitionOffset offset)
    {
        writer.WriteInt32(offset.Partition.Value);
        writer.WriteInt64(offset.Offset.Value);
        writer.WriteInt32(-1);
        writer.WriteNullableString(null);
        writer.WriteNoTags();
    }

    private static void WriteTopics<T>(WireWriter writer, IReadOnlyCollection<T> items, Func<T, string> topicOf, Action<WireWriter, T> write)
    {
        ILookup<string, T> topics = items.ToLookup(topicOf, StringComparer.Ordinal);
        writer.WriteArrayLength(topics.Count);
        foreach (IGrouping<string, T> topic in topics)
        {
            writer.WriteString(topic.Key);
            writer.WriteArrayLength(topic.Count());
            foreach (T item in topic)
                write(writer, item);
            writer.WriteNoTags();
        }
    }
}
