using UsageStreams.Avro;

namespace UsageStreams.Topology;

/// <summary>A topic as it is created: by us, with its retention on purpose.</summary>
/// <param name="Name">Its name, prefix included.</param>
/// <param name="Key">What its key is, for people.</param>
/// <param name="Partitions">Partitions it is created with.</param>
/// <param name="Retention">What becomes of old records.</param>
/// <param name="Value">Schema of its values.</param>
public sealed record TopicDefinition(string Name, string Key, int Partitions, TopicRetention Retention, AvroSchema Value)
{
    /// <summary>The registry's subject of its values (TopicNameStrategy).</summary>
    public string Subject => Name + "-value";

    /// <summary>
    /// Whether the broker gives each record the time at which it appends it (<c>LogAppendTime</c>); default false: the producer does. For topics whose records'
    /// arrival decides something, which no producer's clock may then.
    /// </summary>
    public bool HasBrokerTime { get; init; }

    /// <summary>The broker's settings for it.</summary>
    public IReadOnlyDictionary<string, string> Settings
    {
        get
        {
            Dictionary<string, string> settings = Retention switch
            {
                TopicRetention.Compact => new Dictionary<string, string>(StringComparer.Ordinal) { ["cleanup.policy"] = "compact" },
                TopicRetention.Forever => Delete("-1"),
                TopicRetention.Long => Delete(LongRetentionMillis),
                _ => throw new InvalidOperationException($"Topic {Name}: retention '{Retention}' has no settings; add them to TopicDefinition."),
            };
            if (HasBrokerTime)
                settings["message.timestamp.type"] = "LogAppendTime";
            return settings;
        }
    }

    // 400 days: a year that can be disputed, and the month it takes to do so.
    private const string LongRetentionMillis = "34560000000";

    private static Dictionary<string, string> Delete(string millis) =>
        new(StringComparer.Ordinal) { ["cleanup.policy"] = "delete", ["retention.ms"] = millis, ["retention.bytes"] = "-1" };
}

/// <summary>What becomes of a topic's old records.</summary>
public enum TopicRetention
{
    /// <summary>The last record of each key is kept.</summary>
    Compact,

    /// <summary>Every record is kept.</summary>
    Forever,

    /// <summary>Records are deleted 400 days after their arrival.</summary>
    Long,
}
