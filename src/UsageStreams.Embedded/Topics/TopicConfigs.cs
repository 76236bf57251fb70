using System.Globalization;

namespace UsageStreams.Embedded.Topics;

/// <summary>How a config's value is written; the numbers are the wire's.</summary>
internal enum ConfigType : sbyte
{
    Boolean = 1,
    String = 2,
    Int = 3,
    Long = 5,
    Double = 6,
    List = 7,
}

/// <summary>One topic config: name, type, Kafka's default.</summary>
internal sealed record ConfigDefinition(string Name, ConfigType Type, string Default)
{
    /// <summary>What is wrong with a value, or null.</summary>
    public string? Problem(string value) => Type switch
    {
        ConfigType.Boolean when !bool.TryParse(value, out _) => $"'{value}' for {Name} is not true or false",
        ConfigType.Int when !int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) =>
            $"'{value}' for {Name} is not a 32-bit number",
        ConfigType.Long when !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) =>
            $"'{value}' for {Name} is not a 64-bit number",
        ConfigType.Double when !double.TryParse(value, CultureInfo.InvariantCulture, out _) => $"'{value}' for {Name} is not a number",
        ConfigType.List when Name == TopicConfigs.CleanupPolicy && value.Split(',').Any(part => part is not ("compact" or "delete")) =>
            $"'{value}' for {Name} is neither compact, delete nor both",
        ConfigType.String when Name == TopicConfigs.TimestampType && value is not (TopicConfigs.CreateTime or TopicConfigs.LogAppendTime) =>
            $"'{value}' for {Name} is neither {TopicConfigs.CreateTime} nor {TopicConfigs.LogAppendTime}",
        _ => null,
    };
}

/// <summary>
/// The topic configs Kafka knows, with its defaults. All are kept and returned; max.message.bytes, segment.bytes (at creation),
/// message.timestamp.type and message.timestamp.after.max.ms are obeyed, cleanup.policy only as far as refusing records without key.
/// </summary>
internal static class TopicConfigs
{
    public const string CleanupPolicy = "cleanup.policy";
    public const string MaxMessageBytes = "max.message.bytes";
    public const string SegmentBytes = "segment.bytes";
    public const string TimestampAfterMax = "message.timestamp.after.max.ms";
    public const string TimestampType = "message.timestamp.type";
    public const string CreateTime = "CreateTime";
    public const string LogAppendTime = "LogAppendTime";

    public static IReadOnlyList<ConfigDefinition> All { get; } =
    [
        new(CleanupPolicy, ConfigType.List, "delete"),
        new("compression.type", ConfigType.String, "producer"),
        new("compression.gzip.level", ConfigType.Int, "-1"),
        new("compression.lz4.level", ConfigType.Int, "9"),
        new("compression.zstd.level", ConfigType.Int, "3"),
        new("delete.retention.ms", ConfigType.Long, "86400000"),
        new("file.delete.delay.ms", ConfigType.Long, "60000"),
        new("flush.messages", ConfigType.Long, "9223372036854775807"),
        new("flush.ms", ConfigType.Long, "9223372036854775807"),
        new("follower.replication.throttled.replicas", ConfigType.List, ""),
        new("index.interval.bytes", ConfigType.Int, "4096"),
        new("leader.replication.throttled.replicas", ConfigType.List, ""),
        new("local.retention.bytes", ConfigType.Long, "-2"),
        new("local.retention.ms", ConfigType.Long, "-2"),
        new("max.compaction.lag.ms", ConfigType.Long, "9223372036854775807"),
        new(MaxMessageBytes, ConfigType.Int, "1048588"),
        new(TimestampAfterMax, ConfigType.Long, "3600000"),
        new("message.timestamp.before.max.ms", ConfigType.Long, "9223372036854775807"),
        new(TimestampType, ConfigType.String, CreateTime),
        new("min.cleanable.dirty.ratio", ConfigType.Double, "0.5"),
        new("min.compaction.lag.ms", ConfigType.Long, "0"),
        new("min.insync.replicas", ConfigType.Int, "1"),
        new("preallocate", ConfigType.Boolean, "false"),
        new("remote.storage.enable", ConfigType.Boolean, "false"),
        new("retention.bytes", ConfigType.Long, "-1"),
        new("retention.ms", ConfigType.Long, "604800000"),
        new(SegmentBytes, ConfigType.Int, "1073741824"),
        new("segment.index.bytes", ConfigType.Int, "10485760"),
        new("segment.jitter.ms", ConfigType.Long, "0"),
        new("segment.ms", ConfigType.Long, "604800000"),
        new("unclean.leader.election.enable", ConfigType.Boolean, "false"),
    ];

    private static readonly Dictionary<string, ConfigDefinition> ByName = All.ToDictionary(definition => definition.Name, StringComparer.Ordinal);

    public static ConfigDefinition? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>What is wrong with a set of configs, or null.</summary>
    public static string? Problem(IEnumerable<KeyValuePair<string, string>> configs)
    {
        foreach (var (name, value) in configs)
        {
            if ((Find(name) is { } definition ? definition.Problem(value) : $"Unknown topic config name: {name}") is { } problem)
                return problem;
        }

        return null;
    }
}
