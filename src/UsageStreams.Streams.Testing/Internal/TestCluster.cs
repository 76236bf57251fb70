using UsageStreams.Streams.Internal.Graph;

namespace UsageStreams.Streams.Testing.Internal;

/// <summary>The topics of a driver. They outlive a crash of the application.</summary>
internal sealed class TestCluster
{
    private readonly Dictionary<string, TestTopic> _topics = new(StringComparer.Ordinal);
    private readonly TopologyTestDriverOptions _options;

    public TestCluster(Topology topology, TopologyTestDriverOptions options)
    {
        _options = options;
        foreach (SubTopologyGraph graph in topology.Graphs)
            Add(graph.Source.Topic!.Value, graph);
        foreach (SubTopologyGraph graph in topology.Graphs)
        {
            int partitions = _topics[graph.Source.Topic!.Value.Resolve(options.ApplicationId)].PartitionCount;
            foreach (string changelog in graph.Stores.Select(s => s.Changelog(options.ApplicationId)).OfType<string>())
                _topics.TryAdd(changelog, new TestTopic(changelog, partitions));
        }

        IEnumerable<SideTable> tables = topology.Graphs.SelectMany(static g => g.Tables);
        foreach (string topic in topology.SinkTopics.Concat(topology.DeadLetterTopics).Concat(topology.GlobalTables.Select(static t => t.Topic)).Concat(tables.Select(static t => t.Topic)))
            _topics.TryAdd(topic, new TestTopic(topic, Configured(topic) ?? options.Partitions));
        foreach (SubTopologyGraph graph in topology.Graphs)
        {
            int partitions = _topics[graph.Source.Topic!.Value.Resolve(options.ApplicationId)].PartitionCount;
            foreach (SideTable table in graph.Tables)
                table.CheckPartitions(graph, partitions, _topics[table.Topic].PartitionCount);
        }
    }

    public TestTopic this[string topic] => _topics.TryGetValue(topic, out TestTopic? found)
        ? found
        : throw new StreamsException(
            $"The topology has no topic '{topic}'. It has: {string.Join(", ", _topics.Keys.Order(StringComparer.Ordinal))}.");

    private TestTopic Add(TopicName topic, SubTopologyGraph graph)
    {
        string name = topic.Resolve(_options.ApplicationId);
        if (_topics.TryGetValue(name, out TestTopic? known))
            return known;
        int inherited = graph.Upstream.Count == 0 ? _options.Partitions : graph.Upstream.Max(u => Add(u.Source.Topic!.Value, u).PartitionCount);
        var added = new TestTopic(name, Configured(topic.Name) ?? graph.RequestedPartitions ?? inherited);
        _topics.Add(name, added);
        return added;
    }

    private int? Configured(string topic) => _options.PartitionsOf.TryGetValue(topic, out int partitions) ? partitions : null;
}
