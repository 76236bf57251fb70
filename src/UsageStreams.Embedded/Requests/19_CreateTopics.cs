using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Topics;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>
/// CreateTopics 2 to 7. 4 takes -1 for the defaults, 5 is flexible and answers partitions and all configs, 7 the topic's id.
/// </summary>
internal sealed class CreateTopics(BrokerParts broker) : IRequestHandler
{
    private const int MaxPartitions = 10_000;

    public ApiVersionRange Versions { get; } = new(ApiKey.CreateTopics, 2, 7, 5);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var reader = request.Reader;
        var asked = new NewTopic[Math.Max(0, reader.ReadArrayLength())];
        for (int i = 0; i < asked.Length; i++)
            asked[i] = Read(reader);
        reader.ReadInt32();
        bool validateOnly = reader.ReadBoolean();
        var repeated = asked.CountBy(topic => topic.Name).Where(count => count.Value > 1).Select(count => count.Key).ToHashSet(StringComparer.Ordinal);
        request.WriteNoThrottle();
        request.Writer.WriteArrayLength(asked.Length);
        foreach (var topic in asked)
        {
            var (error, problem) = repeated.Contains(topic.Name)
                ? (ErrorCode.InvalidRequest, $"Topic {topic.Name} is named more than once in the request.")
                : Check(topic);
            if (error == ErrorCode.None && !validateOnly)
                error = BrokerParts.Guard(() => broker.Topics.Create(topic.Name, Partitions(topic), topic.Configs).Error);
            WriteTopic(request, topic, error, problem);
        }

        request.Writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }

    private static NewTopic Read(WireReader reader)
    {
        string name = reader.ReadString();
        int partitions = reader.ReadInt32();
        short replicas = reader.ReadInt16();
        var assigned = new SortedSet<int>();
        bool here = true;
        for (int remaining = reader.ReadArrayLength(); remaining > 0; remaining--)
        {
            assigned.Add(reader.ReadInt32());
            here &= reader.ReadInt32Array() is [BrokerParts.NodeId];
            reader.SkipTags();
        }

        var configs = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int remaining = reader.ReadArrayLength(); remaining > 0; remaining--)
        {
            string key = reader.ReadString();
            if (reader.ReadNullableString() is { } value)
                configs[key] = value;
            reader.SkipTags();
        }

        reader.SkipTags();
        bool assignable = here && (assigned.Count == 0 || (assigned.Min == 0 && assigned.Max == assigned.Count - 1));
        return new NewTopic(name, assigned.Count > 0 ? assigned.Count : partitions, assigned.Count > 0 ? (short)1 : replicas, assignable, configs);
    }

    private (ErrorCode Error, string? Problem) Check(NewTopic topic)
    {
        if (!TopicName.IsValid(topic.Name))
            return (ErrorCode.InvalidTopic, $"'{topic.Name}' is no topic name: 1 to 249 letters, digits, '.', '_' or '-'.");
        if (broker.Topics.Find(topic.Name) is not null)
            return (ErrorCode.TopicAlreadyExists, $"Topic '{topic.Name}' already exists.");
        if (topic.Partitions is 0 or < -1 or > MaxPartitions)
            return (ErrorCode.InvalidPartitions, $"{topic.Partitions} partitions are not possible; 1 to {MaxPartitions} are.");
        if (topic.Replicas is not (1 or -1))
            return (ErrorCode.InvalidReplicationFactor, $"Replication factor {topic.Replicas} is not possible on the one node of the embedded broker.");
        if (!topic.Assignable)
            return (ErrorCode.InvalidReplicaAssignment, $"The only node is {BrokerParts.NodeId}, and partitions are numbered from 0 without gaps.");
        return TopicConfigs.Problem(topic.Configs) is { } problem ? (ErrorCode.InvalidConfig, problem) : (ErrorCode.None, null);
    }

    private void WriteTopic(Request request, NewTopic topic, ErrorCode error, string? problem)
    {
        var writer = request.Writer;
        writer.WriteString(topic.Name);
        if (request.Version >= 7)
            writer.WriteUuid(error == ErrorCode.None ? broker.Topics.Find(topic.Name)?.Id ?? Guid.Empty : Guid.Empty);
        writer.WriteError(error);
        writer.WriteNullableString(problem);
        if (request.Version >= 5)
        {
            writer.WriteInt32(error == ErrorCode.None ? Partitions(topic) : -1);
            writer.WriteInt16(error == ErrorCode.None ? (short)1 : (short)-1);
            WriteConfigs(writer, error == ErrorCode.None ? ConfigEntries.OfTopic(topic.Configs, broker.Options) : []);
        }

        writer.WriteNoTags();
    }

    private static void WriteConfigs(WireWriter writer, IReadOnlyList<ConfigEntry> configs)
    {
        writer.WriteArrayLength(configs.Count);
        foreach (var config in configs)
        {
            writer.WriteString(config.Name);
            writer.WriteNullableString(config.Value);
            writer.WriteBoolean(config.ReadOnly);
            writer.WriteInt8((sbyte)config.Source);
            writer.WriteBoolean(false);
            writer.WriteNoTags();
        }
    }

    private int Partitions(NewTopic topic) => topic.Partitions == -1 ? broker.Options.DefaultPartitions : topic.Partitions;

    private sealed record NewTopic(string Name, int Partitions, short Replicas, bool Assignable, Dictionary<string, string> Configs);
}
