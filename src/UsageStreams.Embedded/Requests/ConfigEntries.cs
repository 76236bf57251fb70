using UsageStreams.Embedded.Topics;

namespace UsageStreams.Embedded.Requests;

/// <summary>Where a value comes from; the numbers are the wire's.</summary>
internal enum ConfigSource : sbyte
{
    Topic = 1,
    StaticBroker = 4,
    Default = 5,
}

/// <summary>A config with its value in force.</summary>
internal readonly record struct ConfigEntry(string Name, string? Value, ConfigType Type, ConfigSource Source, bool ReadOnly);

/// <summary>All configs of a topic or of the broker, those at their defaults too: clients read what is in force.</summary>
internal static class ConfigEntries
{
    public static IReadOnlyList<ConfigEntry> OfTopic(IReadOnlyDictionary<string, string> configs, EmbeddedBrokerOptions options) =>
    [
        .. TopicConfigs.All.Select(definition => configs.TryGetValue(definition.Name, out string? value)
            ? new ConfigEntry(definition.Name, value, definition.Type, ConfigSource.Topic, ReadOnly: false)
            : new ConfigEntry(definition.Name, InForce(definition, options), definition.Type, ConfigSource.Default, ReadOnly: false)),
    ];

    public static IReadOnlyList<ConfigEntry> OfBroker(EmbeddedBrokerOptions options) =>
    [
        Broker("auto.create.topics.enable", options.AutoCreateTopics ? "true" : "false", ConfigType.Boolean),
        Broker("broker.id", $"{BrokerParts.NodeId}", ConfigType.Int),
        Broker("default.replication.factor", "1", ConfigType.Int),
        Broker("group.initial.rebalance.delay.ms", $"{options.InitialRebalanceDelay.TotalMilliseconds:0}", ConfigType.Int),
        Broker("log.cleanup.policy", "delete", ConfigType.List),
        Broker("log.dirs", options.DataDirectory, ConfigType.String),
        Broker("log.segment.bytes", $"{options.SegmentBytes}", ConfigType.Int),
        Broker("message.max.bytes", $"{options.MaxMessageBytes}", ConfigType.Int),
        Broker("min.insync.replicas", "1", ConfigType.Int),
        Broker("node.id", $"{BrokerParts.NodeId}", ConfigType.Int),
        Broker("num.partitions", $"{options.DefaultPartitions}", ConfigType.Int),
        Broker("transaction.max.timeout.ms", $"{Transactions.TransactionCoordinator.MaxTimeoutMs}", ConfigType.Int),
    ];

    private static ConfigEntry Broker(string name, string value, ConfigType type) => new(name, value, type, ConfigSource.StaticBroker, ReadOnly: true);

    private static string InForce(ConfigDefinition definition, EmbeddedBrokerOptions options) => definition.Name switch
    {
        TopicConfigs.MaxMessageBytes => $"{options.MaxMessageBytes}",
        TopicConfigs.SegmentBytes => $"{options.SegmentBytes}",
        _ => definition.Default,
    };
}
