using UsageStreams.Streams.Faults;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Graph;

/// <summary>What hangs together below one source.</summary>
internal sealed class SubTopologyGraph(string name)
{
    public string Name { get; } = name;

    public List<NodeDefinition> Nodes { get; } = [];

    public SourceDefinition Source { get; set; } = null!;

    /// <summary>Sub-topologies that write this one's repartition topic.</summary>
    public List<SubTopologyGraph> Upstream { get; } = [];

    /// <summary>Tables that its tasks look up, each following the partition of its own number.</summary>
    public List<SideTable> Tables { get; } = [];

    public int? RequestedPartitions { get; set; }

    /// <summary>Who decides about its records that fail, when its source says so itself.</summary>
    public FaultHandling? OwnFaults { get; init; }

    /// <summary>Who decides about its records that fail; known when the topology is built.</summary>
    public FaultHandling Faults { get; set; } = new();

    public IEnumerable<SinkDefinition> Sinks => Nodes.Select(static n => n.Sink).OfType<SinkDefinition>();

    /// <summary>Whether it has a stream time at all.</summary>
    public bool IsTimed => Source.TimeFrom switch
    {
        TimeSource.None => false,
        TimeSource.Upstream => Upstream.Any(static u => u.IsTimed),
        _ => true,
    };

    /// <summary>Keeps stream time and announcements over restarts; null when there is no stream time.</summary>
    public StoreBuilder<string, string>? TimeStore { get; set; }

    public IEnumerable<StoreBuilder> UserStores => Nodes.SelectMany(static n => n.Stores).Distinct();

    public IEnumerable<StoreBuilder> Stores => TimeStore is null ? UserStores : UserStores.Append(TimeStore);
}

/// <summary>Where a source's stream time comes from.</summary>
internal enum TimeSource
{
    None,
    EventTime,
    Watermarks,
    Upstream,
}
