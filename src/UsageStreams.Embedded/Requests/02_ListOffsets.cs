using UsageStreams.Embedded.Log;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>
/// ListOffsets 1 to 8. 2 adds the isolation level, 4 leader epochs, 6 is flexible, 7 asks for the largest timestamp, 8 for the start of
/// the local log (which is the start). A time inside a compressed batch is answered with the batch's first record.
/// </summary>
internal sealed class ListOffsets(BrokerParts broker) : IRequestHandler
{
    private const long Latest = -1;
    private const long Earliest = -2;
    private const long MaxTimestamp = -3;
    private const long EarliestLocal = -4;

    public ApiVersionRange Versions { get; } = new(ApiKey.ListOffsets, 1, 8, 6);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var (reader, writer) = (request.Reader, request.Writer);
        reader.ReadInt32();
        bool committed = request.Version >= 2 && reader.ReadInt8() == 1;
        if (request.Version >= 2)
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
                AnswerPartition(request, name, committed);
            reader.SkipTags();
            writer.WriteNoTags();
        }

        writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }

    private void AnswerPartition(Request request, string topic, bool committed)
    {
        var (reader, writer) = (request.Reader, request.Writer);
        int index = reader.ReadInt32();
        int epoch = request.Version >= 4 ? reader.ReadInt32() : -1;
        long timestamp = reader.ReadInt64();
        reader.SkipTags();
        var log = broker.Topics.FindPartition(topic, index);
        var error = log is null ? ErrorCode.UnknownTopicOrPartition : BrokerParts.CheckLeaderEpoch(epoch);
        var found = error == ErrorCode.None ? Find(log!, timestamp, committed) : (-1, -1);
        writer.WriteInt32(index);
        writer.WriteError(error);
        writer.WriteInt64(found.Timestamp);
        writer.WriteInt64(found.Offset);
        if (request.Version >= 4)
            writer.WriteInt32(found.Offset >= 0 ? PartitionLog.LeaderEpoch : -1);
        writer.WriteNoTags();
    }

    private static (long Offset, long Timestamp) Find(PartitionLog log, long timestamp, bool committed)
    {
        var bounds = log.Bounds;
        long end = committed ? bounds.Stable : bounds.End;
        return timestamp switch
        {
            Latest => (end, -1),
            Earliest or EarliestLocal => (bounds.Start, -1),
            MaxTimestamp => log.FindMaxTimestamp() ?? (-1, -1),
            _ => log.FindByTimestamp(timestamp, end) ?? (-1, -1),
        };
    }
}
