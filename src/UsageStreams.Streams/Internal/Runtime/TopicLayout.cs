using Confluent.Kafka;
using UsageStreams.Streams.Internal.Graph;
using UsageStreams.Streams.Internal.Queries;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>The topics that a topology needs and how many partitions each has.</summary>
internal sealed class TopicLayout(Topology topology, string applicationId, IReadOnlyDictionary<string, int> existing)
{
    private readonly Dictionary<string, int> _partitions = new(existing, StringComparer.Ordinal);

    public int this[string topic] => _partitions.TryGetValue(topic, out int partitions)
        ? partitions
        : throw new StreamsException($"Topic '{topic}' is not part of the topology that runs as '{applicationId}'.");

    /// <summary>Public topics that are not there, with what they are for.</summary>
    public IReadOnlyList<string> Missing()
    {
        var missing = new List<string>();
        Check(topology.SourceTopics, "read as a stream");
        Check(topology.GlobalTables.Select(static t => t.Topic), "followed as a global table");
        Check(topology.Graphs.SelectMany(static g => g.Tables).Select(static t => t.Topic).Distinct(StringComparer.Ordinal), "followed as a table");
        Check(topology.SinkTopics, "written");
        Check(topology.DeadLetterTopics, "written with dead letters");
        return missing;

        void Check(IEnumerable<string> topics, string purpose)
        {
            foreach (string topic in topics)
            {
                if (!_partitions.ContainsKey(topic))
                    missing.Add($"'{topic}' ({purpose})");
            }
        }
    }

    /// <summary>Topics that the engine makes: repartition topics first, then changelogs.</summary>
    public IReadOnlyList<InternalTopic> Create()
    {
        var created = new List<InternalTopic>();
        foreach (SubTopologyGraph graph in topology.Graphs)
            Partitions(graph, created);
        foreach (SubTopologyGraph graph in topology.Graphs)
        {
            int partitions = Partitions(graph, created);
            foreach (StoreBuilder store in graph.Stores)
            {
                if (store.Changelog(applicationId) is { } changelog)
                    CheckChangelog(store, changelog, partitions, created);
            }

            foreach (SideTable table in graph.Tables)
                table.CheckPartitions(graph, partitions, this[table.Topic]);
        }

        return created;
    }

    /// <summary>The topic by which instances tell their tasks, where it is wanted and not there.</summary>
    public IReadOnlyList<InternalTopic> CreateInstances(StreamsOptions options)
    {
        string topic = TaskAnnouncement.Topic(applicationId);
        return options.ApplicationServer is not null && _partitions.TryAdd(topic, 1) ? [new InternalTopic(topic, 1, IsChangelog: true)] : [];
    }

    private int Partitions(SubTopologyGraph graph, List<InternalTopic> created)
    {
        string topic = graph.Source.Topic!.Value.Resolve(applicationId);
        if (_partitions.TryGetValue(topic, out int known))
            return known;
        int partitions = graph.RequestedPartitions ?? graph.Upstream.Max(u => Partitions(u, created));
        created.Add(new InternalTopic(topic, partitions, IsChangelog: false));
        return _partitions[topic] = partitions;
    }

    private void CheckChangelog(StoreBuilder store, string changelog, int partitions, List<InternalTopic> created)
    {
        if (_partitions.TryAdd(changelog, partitions))
        {
            created.Add(new InternalTopic(changelog, partitions, IsChangelog: true));
        }
        else if (_partitions[changelog] != partitions)
        {
            throw new StreamsException(
                $"Changelog '{changelog}' of store '{store.Name}' has {_partitions[changelog]} partitions and the input {partitions}: each task writes its own. "
                + "Give both topics the same number, or delete the changelog if its state can be lost.");
        }
    }
}

/// <summary>A topic that the engine makes.</summary>
internal readonly record struct InternalTopic(string Name, int Partitions, bool IsChangelog)
{
    /// <summary>
    /// A changelog keeps the last value of each key. A repartition topic keeps what is unread whatever its age, and takes event times of any date.
    /// </summary>
    public Dictionary<string, string> Settings() => IsChangelog
        ? new(StringComparer.Ordinal)
        {
            ["cleanup.policy"] = "compact",
            ["min.cleanable.dirty.ratio"] = "0.2",
            ["segment.bytes"] = "67108864",
        }
        : new(StringComparer.Ordinal)
        {
            ["cleanup.policy"] = "delete",
            ["retention.ms"] = "-1",
            ["retention.bytes"] = "-1",
            ["segment.bytes"] = "67108864",
            ["message.timestamp.type"] = "CreateTime",
            ["message.timestamp.after.max.ms"] = long.MaxValue.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
}
