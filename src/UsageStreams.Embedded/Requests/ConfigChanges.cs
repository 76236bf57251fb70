using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Topics;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>What to do with a config; the numbers are IncrementalAlterConfigs'.</summary>
internal enum ConfigOperation : sbyte
{
    Set = 0,
    Delete = 1,
    Append = 2,
    Subtract = 3,
}

/// <summary>One change of a config.</summary>
internal readonly record struct ConfigChange(string Name, ConfigOperation Operation, string? Value);

/// <summary>Changes topic configs, for both requests that do so, and writes their common answer.</summary>
internal static class ConfigChanges
{
    public static (ErrorCode Error, string? Problem) Apply(
        BrokerParts broker, sbyte type, string name, IReadOnlyList<ConfigChange> changes, bool replaceAll, bool validateOnly)
    {
        if (type != (sbyte)ConfigResource.Topic)
            return (ErrorCode.InvalidRequest, "Only configs of topics (2) can be changed; the broker's are set when it starts.");
        if (broker.Topics.Find(name) is not { } topic)
            return (ErrorCode.UnknownTopicOrPartition, $"There is no topic '{name}'.");
        var configs = new Dictionary<string, string>(replaceAll ? [] : topic.Configs, StringComparer.Ordinal);
        foreach (var change in changes)
        {
            if (Apply(configs, change) is { } wrong)
                return (ErrorCode.InvalidConfig, wrong);
        }

        if (TopicConfigs.Problem(configs) is { } problem)
            return (ErrorCode.InvalidConfig, problem);
        return (validateOnly ? ErrorCode.None : BrokerParts.Guard(() => broker.Topics.Configure(name, configs)), null);
    }

    public static void WriteResource(WireWriter writer, sbyte type, string name, ErrorCode error, string? problem)
    {
        writer.WriteError(error);
        writer.WriteNullableString(problem);
        writer.WriteInt8(type);
        writer.WriteString(name);
        writer.WriteNoTags();
    }

    private static string? Apply(Dictionary<string, string> configs, ConfigChange change)
    {
        if (TopicConfigs.Find(change.Name) is not { } definition)
            return $"Unknown topic config name: {change.Name}";
        if (change.Operation is ConfigOperation.Append or ConfigOperation.Subtract && definition.Type != ConfigType.List)
            return $"{change.Name} is no list, so nothing can be added to or taken from it.";
        string[] current = configs.GetValueOrDefault(change.Name, definition.Default).Split(',', StringSplitOptions.RemoveEmptyEntries);
        string[] named = (change.Value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (change.Operation == ConfigOperation.Delete || change.Value is null)
            configs.Remove(change.Name);
        else
        {
            configs[change.Name] = change.Operation switch
            {
                ConfigOperation.Append => string.Join(',', current.Union(named)),
                ConfigOperation.Subtract => string.Join(',', current.Except(named)),
                _ => change.Value,
            };
        }

        return null;
    }
}
