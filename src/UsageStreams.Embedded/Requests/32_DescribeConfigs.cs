using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>What kind of thing has configs; the numbers are the wire's.</summary>
internal enum ConfigResource : sbyte
{
    Topic = 2,
    Broker = 4,
}

/// <summary>DescribeConfigs 1 to 4, for topics and the broker. 3 adds types and documentation (none), 4 is flexible.</summary>
internal sealed class DescribeConfigs(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.DescribeConfigs, 1, 4, 4);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var reader = request.Reader;
        var asked = new (sbyte Type, string Name, HashSet<string>? Keys)[Math.Max(0, reader.ReadArrayLength())];
        for (int i = 0; i < asked.Length; i++)
        {
            sbyte type = reader.ReadInt8();
            string name = reader.ReadString();
            int keys = reader.ReadArrayLength();
            asked[i] = (type, name, keys < 0 ? null : new HashSet<string>(StringComparer.Ordinal));
            for (; keys > 0; keys--)
                asked[i].Keys!.Add(reader.ReadString());
            reader.SkipTags();
        }

        bool synonyms = reader.ReadBoolean();
        request.WriteNoThrottle();
        request.Writer.WriteArrayLength(asked.Length);
        foreach (var (type, name, keys) in asked)
            WriteResource(request, type, name, keys, synonyms);
        request.Writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }

    private void WriteResource(Request request, sbyte type, string name, HashSet<string>? keys, bool synonyms)
    {
        var writer = request.Writer;
        var (error, problem, configs) = Find((ConfigResource)type, name);
        writer.WriteError(error);
        writer.WriteNullableString(problem);
        writer.WriteInt8(type);
        writer.WriteString(name);
        var shown = configs.Where(config => keys is null || keys.Count == 0 || keys.Contains(config.Name)).ToArray();
        writer.WriteArrayLength(shown.Length);
        foreach (var config in shown)
            WriteConfig(request, config, synonyms);
        writer.WriteNoTags();
    }

    private (ErrorCode Error, string? Problem, IReadOnlyList<ConfigEntry> Configs) Find(ConfigResource type, string name) => type switch
    {
        ConfigResource.Topic when broker.Topics.Find(name) is { } topic => (ErrorCode.None, null, ConfigEntries.OfTopic(topic.Configs, broker.Options)),
        ConfigResource.Topic => (ErrorCode.UnknownTopicOrPartition, $"There is no topic '{name}'.", []),
        ConfigResource.Broker when name.Length == 0 => (ErrorCode.None, null, []),
        ConfigResource.Broker when name == $"{BrokerParts.NodeId}" => (ErrorCode.None, null, ConfigEntries.OfBroker(broker.Options)),
        _ => (ErrorCode.InvalidRequest, $"Configs exist for topics (2) and node {BrokerParts.NodeId} (4), not for {(sbyte)type} '{name}'.", []),
    };

    private static void WriteConfig(Request request, ConfigEntry config, bool synonyms)
    {
        var writer = request.Writer;
        writer.WriteString(config.Name);
        writer.WriteNullableString(config.Value);
        writer.WriteBoolean(config.ReadOnly);
        writer.WriteInt8((sbyte)config.Source);
        writer.WriteBoolean(false);
        writer.WriteArrayLength(synonyms ? 1 : 0);
        if (synonyms)
        {
            writer.WriteString(config.Name);
            writer.WriteNullableString(config.Value);
            writer.WriteInt8((sbyte)config.Source);
            writer.WriteNoTags();
        }

        if (request.Version >= 3)
        {
            writer.WriteInt8((sbyte)config.Type);
            writer.WriteNullableString(null);
        }

        writer.WriteNoTags();
    }
}
