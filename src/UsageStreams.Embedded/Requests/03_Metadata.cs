using UsageStreams.Embedded.Log;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Storage;
using UsageStreams.Embedded.Topics;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>
/// Metadata 0 to 12. 1 tells "all" (null) from "none" (empty), 4 may forbid creation, 9 is flexible, 10 adds topic ids, 12 asks by id.
/// A topic that may be created is created at once and answered, where Kafka answers an error first.
/// </summary>
internal sealed class Metadata(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.Metadata, 0, 12, 9);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var reader = request.Reader;
        int count = reader.ReadArrayLength();
        bool all = request.Version == 0 ? count == 0 : count < 0;
        var asked = new (string? Name, Guid Id)[Math.Max(0, count)];
        for (int i = 0; i < asked.Length; i++)
        {
            var id = request.Version >= 10 ? reader.ReadUuid() : Guid.Empty;
            asked[i] = (reader.ReadNullableString(), id);
            reader.SkipTags();
        }

        bool create = (request.Version < 4 || reader.ReadBoolean()) && broker.Options.AutoCreateTopics;
        WriteCluster(request);
        WriteTopics(request, all ? null : asked, create);
        if (request.Version is >= 8 and <= 10)
            request.Writer.WriteInt32(int.MinValue);
        request.Writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }

    private void WriteCluster(Request request)
    {
        var writer = request.Writer;
        if (request.Version >= 3)
            request.WriteNoThrottle();
        writer.WriteArrayLength(1);
        writer.WriteInt32(BrokerParts.NodeId);
        writer.WriteString(broker.Host);
        writer.WriteInt32(broker.Port);
        if (request.Version >= 1)
            writer.WriteNullableString(null);
        writer.WriteNoTags();
        if (request.Version >= 2)
            writer.WriteNullableString(broker.ClusterId);
        if (request.Version >= 1)
            writer.WriteInt32(BrokerParts.NodeId);
    }

    private void WriteTopics(Request request, (string? Name, Guid Id)[]? asked, bool create)
    {
        if (asked is null)
        {
            var all = broker.Topics.All.OrderBy(topic => topic.Name, StringComparer.Ordinal).ToArray();
            request.Writer.WriteArrayLength(all.Length);
            foreach (var topic in all)
                WriteTopic(request, ErrorCode.None, topic.Name, topic.Id, topic.Partitions);
            return;
        }

        request.Writer.WriteArrayLength(asked.Length);
        foreach (var (name, id) in asked)
        {
            var (error, topic) = Find(name, id, create);
            WriteTopic(request, error, topic?.Name ?? name, topic?.Id ?? id, topic?.Partitions ?? []);
        }
    }

    private (ErrorCode Error, Topic? Topic) Find(string? name, Guid id, bool create)
    {
        if (name is null)
            return broker.Topics.Find(id) is { } byId ? (ErrorCode.None, byId) : (ErrorCode.UnknownTopicId, null);
        if (broker.Topics.Find(name) is { } topic)
            return (ErrorCode.None, topic);
        if (!TopicName.IsValid(name))
            return (ErrorCode.InvalidTopic, null);
        if (!create)
            return (ErrorCode.UnknownTopicOrPartition, null);
        try
        {
            var created = broker.Topics.Create(name, broker.Options.DefaultPartitions, new Dictionary<string, string>());
            return (ErrorCode.None, created.Topic ?? broker.Topics.Find(name));
        }
        catch (StorageException)
        {
            return (ErrorCode.StorageError, null);
        }
    }

    private static void WriteTopic(Request request, ErrorCode error, string? name, Guid id, IReadOnlyList<PartitionLog> partitions)
    {
        var writer = request.Writer;
        writer.WriteError(error);
        if (request.Version >= 12)
            writer.WriteNullableString(name);
        else
            writer.WriteString(name ?? "");
        if (request.Version >= 10)
            writer.WriteUuid(id);
        if (request.Version >= 1)
            writer.WriteBoolean(false);
        writer.WriteArrayLength(partitions.Count);
        for (int index = 0; index < partitions.Count; index++)
            WritePartition(request, index);
        if (request.Version >= 8)
            writer.WriteInt32(int.MinValue);
        writer.WriteNoTags();
    }

    private static void WritePartition(Request request, int index)
    {
        var writer = request.Writer;
        writer.WriteError(ErrorCode.None);
        writer.WriteInt32(index);
        writer.WriteInt32(BrokerParts.NodeId);
        if (request.Version >= 7)
            writer.WriteInt32(PartitionLog.LeaderEpoch);
        writer.WriteInt32Array([BrokerParts.NodeId]);
        writer.WriteInt32Array([BrokerParts.NodeId]);
        if (request.Version >= 5)
            writer.WriteInt32Array([]);
        writer.WriteNoTags();
    }
}
