using UsageStreams.Embedded.Groups;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>
/// OffsetFetch 1 to 9. 2 may ask for all positions (null), 5 adds leader epochs, 6 is flexible, 7 may insist on stable positions
/// (88 while a transaction is about to change one), 8 asks for several groups.
/// </summary>
internal sealed class OffsetFetch(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.OffsetFetch, 1, 9, 6);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var groups = ReadGroups(request);
        bool stable = request.Version >= 7 && request.Reader.ReadBoolean();
        if (request.Version >= 3)
            request.WriteNoThrottle();
        if (request.Version < 8)
        {
            WriteTopics(request, groups[0], stable);
            if (request.Version >= 2)
                request.Writer.WriteError(ErrorCode.None);
        }
        else
        {
            WriteGroups(request, groups, stable);
        }

        request.Writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }

    private static List<GroupQuery> ReadGroups(Request request)
    {
        var reader = request.Reader;
        if (request.Version < 8)
            return [new GroupQuery(reader.ReadString(), ReadTopics(reader))];
        var groups = new List<GroupQuery>();
        for (int remaining = reader.ReadArrayLength(); remaining > 0; remaining--)
        {
            string group = reader.ReadString();
            if (request.Version >= 9)
            {
                reader.ReadNullableString();
                reader.ReadInt32();
            }

            groups.Add(new GroupQuery(group, ReadTopics(reader)));
            reader.SkipTags();
        }

        return groups;
    }

    private static List<TopicPartition>? ReadTopics(WireReader reader)
    {
        int topics = reader.ReadArrayLength();
        if (topics < 0)
            return null;
        var partitions = new List<TopicPartition>();
        for (; topics > 0; topics--)
        {
            string topic = reader.ReadString();
            partitions.AddRange(reader.ReadInt32Array().Select(index => new TopicPartition(topic, index)));
            reader.SkipTags();
        }

        return partitions;
    }

    private void WriteGroups(Request request, List<GroupQuery> groups, bool stable)
    {
        request.Writer.WriteArrayLength(groups.Count);
        foreach (var query in groups)
        {
            request.Writer.WriteString(query.Group);
            WriteTopics(request, query, stable);
            request.Writer.WriteError(ErrorCode.None);
            request.Writer.WriteNoTags();
        }
    }

    private void WriteTopics(Request request, GroupQuery query, bool stable)
    {
        var writer = request.Writer;
        var offsets = broker.Groups.Find(query.Group)?.FetchOffsets(query.Partitions)
            ?? [.. (query.Partitions ?? []).Select(partition => new FetchedOffset(partition, CommittedOffset.None, Unstable: false))];
        var byTopic = offsets.GroupBy(offset => offset.Partition.Topic, StringComparer.Ordinal).ToArray();
        writer.WriteArrayLength(byTopic.Length);
        foreach (var topic in byTopic)
        {
            writer.WriteString(topic.Key);
            writer.WriteArrayLength(topic.Count());
            foreach (var offset in topic)
                WritePartition(request, offset, refuse: stable && offset.Unstable);
            writer.WriteNoTags();
        }
    }

    private static void WritePartition(Request request, FetchedOffset fetched, bool refuse)
    {
        var writer = request.Writer;
        var offset = refuse ? CommittedOffset.None : fetched.Offset;
        writer.WriteInt32(fetched.Partition.Partition);
        writer.WriteInt64(offset.Offset);
        if (request.Version >= 5)
            writer.WriteInt32(offset.LeaderEpoch);
        writer.WriteNullableString(offset.Metadata);
        writer.WriteError(refuse ? ErrorCode.UnstableOffsetCommit : ErrorCode.None);
        writer.WriteNoTags();
    }

    private readonly record struct GroupQuery(string Group, List<TopicPartition>? Partitions);
}
