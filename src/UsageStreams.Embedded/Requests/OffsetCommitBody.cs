using System.Text;
using UsageStreams.Embedded.Groups;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>The positions in OffsetCommit and TxnOffsetCommit, which have the same shape, and their answer.</summary>
internal static class OffsetCommitBody
{
    private const int MaxMetadataBytes = 4096;

    public static List<(OffsetToCommit Offset, ErrorCode Error)> Read(WireReader reader, BrokerParts broker, bool hasLeaderEpoch)
    {
        var offsets = new List<(OffsetToCommit, ErrorCode)>();
        for (int topics = reader.ReadArrayLength(); topics > 0; topics--)
        {
            string topic = reader.ReadString();
            for (int partitions = reader.ReadArrayLength(); partitions > 0; partitions--)
            {
                var partition = new TopicPartition(topic, reader.ReadInt32());
                long offset = reader.ReadInt64();
                int epoch = hasLeaderEpoch ? reader.ReadInt32() : -1;
                string metadata = reader.ReadNullableString() ?? "";
                reader.SkipTags();
                offsets.Add((new OffsetToCommit(partition, new CommittedOffset(offset, epoch, metadata)), Check(broker, partition, metadata)));
            }

            reader.SkipTags();
        }

        return offsets;
    }

    /// <summary>Commits what is sound; an error of the whole commit stands at every partition.</summary>
    public static void Answer(
        WireWriter writer, List<(OffsetToCommit Offset, ErrorCode Error)> offsets, Func<IReadOnlyList<OffsetToCommit>, ErrorCode> commit)
    {
        var sound = offsets.Where(item => item.Error == ErrorCode.None).Select(item => item.Offset).ToList();
        var error = BrokerParts.Guard(() => commit(sound));
        var byTopic = offsets.GroupBy(item => item.Offset.Partition.Topic, StringComparer.Ordinal).ToArray();
        writer.WriteArrayLength(byTopic.Length);
        foreach (var topic in byTopic)
        {
            writer.WriteString(topic.Key);
            writer.WriteArrayLength(topic.Count());
            foreach (var (offset, problem) in topic)
            {
                writer.WriteInt32(offset.Partition.Partition);
                writer.WriteError(error == ErrorCode.None ? problem : error);
                writer.WriteNoTags();
            }

            writer.WriteNoTags();
        }
    }

    private static ErrorCode Check(BrokerParts broker, TopicPartition partition, string metadata)
    {
        if (broker.Topics.FindPartition(partition.Topic, partition.Partition) is null)
            return ErrorCode.UnknownTopicOrPartition;
        return Encoding.UTF8.GetByteCount(metadata) > MaxMetadataBytes ? ErrorCode.OffsetMetadataTooLarge : ErrorCode.None;
    }
}
