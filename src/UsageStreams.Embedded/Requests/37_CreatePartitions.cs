using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>CreatePartitions 0 to 3: raises a topic's number of partitions. 2 is flexible. Assignments are ignored, there is one node.</summary>
internal sealed class CreatePartitions(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.CreatePartitions, 0, 3, 2);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var (reader, writer) = (request.Reader, request.Writer);
        var topics = new (string Name, int Count)[Math.Max(0, reader.ReadArrayLength())];
        for (int i = 0; i < topics.Length; i++)
        {
            topics[i] = (reader.ReadString(), reader.ReadInt32());
            for (int assignments = reader.ReadArrayLength(); assignments > 0; assignments--)
            {
                reader.ReadInt32Array();
                reader.SkipTags();
            }

            reader.SkipTags();
        }

        reader.ReadInt32();
        bool validateOnly = reader.ReadBoolean();
        request.WriteNoThrottle();
        writer.WriteArrayLength(topics.Length);
        foreach (var (name, count) in topics)
        {
            var (error, problem) = Raise(name, count, validateOnly);
            writer.WriteString(name);
            writer.WriteError(error);
            writer.WriteNullableString(problem);
            writer.WriteNoTags();
        }

        writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }

    private (ErrorCode Error, string? Problem) Raise(string name, int count, bool validateOnly)
    {
        if (broker.Topics.Find(name) is not { } topic)
            return (ErrorCode.UnknownTopicOrPartition, $"There is no topic '{name}'.");
        if (count <= topic.Partitions.Count)
            return (ErrorCode.InvalidPartitions, $"Topic '{name}' has {topic.Partitions.Count} partitions already; {count} would not be more.");
        return (validateOnly ? ErrorCode.None : BrokerParts.Guard(() => broker.Topics.AddPartitions(name, count)), null);
    }
}
