using UsageStreams.Embedded.Log;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>DeleteRecords 0 to 2 (flexible): moves the start of a partition; -1 means everything there is.</summary>
internal sealed class DeleteRecords(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.DeleteRecords, 0, 2, 2);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var (reader, writer) = (request.Reader, request.Writer);
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
                long offset = reader.ReadInt64();
                reader.SkipTags();
                WritePartition(writer, index, broker.Topics.FindPartition(name, index), offset);
            }

            reader.SkipTags();
            writer.WriteNoTags();
        }

        writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }

    private void WritePartition(WireWriter writer, int index, PartitionLog? log, long offset)
    {
        long lowWatermark = -1;
        var error = BrokerParts.Guard(() =>
        {
            if (log is null)
                return ErrorCode.UnknownTopicOrPartition;
            if (broker.Topics.DeleteRecords(log, offset == -1 ? log.Bounds.End : offset) is not { } start)
                return ErrorCode.OffsetOutOfRange;
            lowWatermark = start;
            return ErrorCode.None;
        });
        writer.WriteInt32(index);
        writer.WriteInt64(lowWatermark);
        writer.WriteError(error);
        writer.WriteNoTags();
    }
}
