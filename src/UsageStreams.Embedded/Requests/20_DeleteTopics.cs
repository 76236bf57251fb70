using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>DeleteTopics 1 to 6. 4 is flexible, 5 adds texts, 6 deletes by name or id. Files are gone when the answer comes.</summary>
internal sealed class DeleteTopics(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.DeleteTopics, 1, 6, 4);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var (reader, writer) = (request.Reader, request.Writer);
        int count = reader.ReadArrayLength();
        request.WriteNoThrottle();
        writer.WriteArrayLength(count);
        for (; count > 0; count--)
        {
            string? name = request.Version >= 6 ? reader.ReadNullableString() : reader.ReadString();
            var id = request.Version >= 6 ? reader.ReadUuid() : Guid.Empty;
            if (request.Version >= 6)
                reader.SkipTags();
            var topic = name is null ? broker.Topics.Find(id) : broker.Topics.Find(name);
            var error = topic is null
                ? name is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition
                : BrokerParts.Guard(() => Delete(topic.Name));
            WriteResult(request, topic?.Name ?? name, topic?.Id ?? id, error);
        }

        writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }

    private ErrorCode Delete(string name)
    {
        var error = broker.Topics.Delete(name);
        if (error == ErrorCode.None)
            broker.Groups.ForgetTopic(name);
        return error;
    }

    private static void WriteResult(Request request, string? name, Guid id, ErrorCode error)
    {
        var writer = request.Writer;
        if (request.Version >= 6)
        {
            writer.WriteNullableString(name);
            writer.WriteUuid(id);
        }
        else
        {
            writer.WriteString(name ?? "");
        }

        writer.WriteError(error);
        if (request.Version >= 5)
            writer.WriteNullableString(null);
        writer.WriteNoTags();
    }
}
