using UsageStreams.Embedded.Groups;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>OffsetDelete 0: deletes a group's positions in topics nobody in the group subscribes to.</summary>
internal sealed class OffsetDelete(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.OffsetDelete, 0, 0, short.MaxValue);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var (reader, writer) = (request.Reader, request.Writer);
        var group = broker.Groups.Find(reader.ReadString());
        writer.WriteError(group is null ? ErrorCode.GroupIdNotFound : ErrorCode.None);
        request.WriteNoThrottle();
        if (group is null)
        {
            writer.WriteArrayLength(0);
            return ValueTask.CompletedTask;
        }

        int topics = reader.ReadArrayLength();
        writer.WriteArrayLength(topics);
        for (; topics > 0; topics--)
        {
            string topic = reader.ReadString();
            writer.WriteString(topic);
            int[] partitions = reader.ReadInt32Array();
            writer.WriteArrayLength(partitions.Length);
            foreach (int partition in partitions)
            {
                writer.WriteInt32(partition);
                writer.WriteError(BrokerParts.Guard(() => group.DeleteOffset(new TopicPartition(topic, partition))));
            }
        }

        return ValueTask.CompletedTask;
    }
}
