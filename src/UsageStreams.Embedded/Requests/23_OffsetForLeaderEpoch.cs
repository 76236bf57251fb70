using UsageStreams.Embedded.Log;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>OffsetForLeaderEpoch 2 to 4 (flexible). There is one epoch only, so its end is the log's end; later ones are unknown.</summary>
internal sealed class OffsetForLeaderEpoch(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.OffsetForLeaderEpoch, 2, 4, 4);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var (reader, writer) = (request.Reader, request.Writer);
        if (request.Version >= 3)
            reader.ReadInt32();
        request.WriteNoThrottle();
        int topics = reader.ReadArrayLength();
        writer.WriteArrayLength(topics);
        for (; topics > 0; topics--)
        {
            string name = reader.ReadString();
            writer.WriteString(name);
            int partitions = reader.ReadArrayLength();
            writer.WriteArrayLength(partitions);
            for (; partitions > 0; partitions--)
            {
                int index = reader.ReadInt32();
                int current = reader.ReadInt32();
                int epoch = reader.ReadInt32();
                reader.SkipTags();
                WritePartition(writer, index, broker.Topics.FindPartition(name, index), current, epoch);
            }

            reader.SkipTags();
            writer.WriteNoTags();
        }

        writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }

    private static void WritePartition(WireWriter writer, int index, PartitionLog? log, int current, int epoch)
    {
        var error = log is null ? ErrorCode.UnknownTopicOrPartition : BrokerParts.CheckLeaderEpoch(current);
        bool known = error == ErrorCode.None && epoch == PartitionLog.LeaderEpoch;
        writer.WriteError(error);
        writer.WriteInt32(index);
        writer.WriteInt32(known ? PartitionLog.LeaderEpoch : -1);
        writer.WriteInt64(known ? log!.Bounds.End : -1);
        writer.WriteNoTags();
    }
}
