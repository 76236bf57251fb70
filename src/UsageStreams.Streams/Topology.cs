using UsageStreams.Streams.Internal.Graph;

namespace UsageStreams.Streams;

/// <summary>A checked description, ready to be run by an application or by the test driver.</summary>
public sealed class Topology
{
    internal Topology(IReadOnlyList<SubTopologyGraph> graphs, IReadOnlyList<GlobalKTable> globalTables)
    {
        Graphs = graphs;
        GlobalTables = globalTables;
        SubTopologies = [.. graphs.Select(SubTopology.Of)];
    }

    /// <summary>The sub-topologies, in the order of their sources.</summary>
    public IReadOnlyList<SubTopology> SubTopologies { get; }

    /// <summary>The global tables.</summary>
    public IReadOnlyList<GlobalKTable> GlobalTables { get; }

    /// <summary>Public topics that are read, global tables not included.</summary>
    public IReadOnlyList<string> SourceTopics => [.. SubTopologies.Where(static s => !s.IsRepartitioned).Select(static s => s.InputTopic)];

    /// <summary>Public topics that are written, public changelogs not included.</summary>
    public IReadOnlyList<string> SinkTopics =>
        [.. Graphs.SelectMany(static g => g.Sinks).Where(static s => !s.Topic.IsRepartition).Select(static s => s.Topic.Name).Distinct()];

    /// <summary>Public topics to which records are sent that failed.</summary>
    public IReadOnlyList<string> DeadLetterTopics =>
        [.. Graphs.Select(static g => g.Faults.DeadLetterTopic).OfType<string>().Distinct()];

    internal IReadOnlyList<SubTopologyGraph> Graphs { get; }

    /// <summary>The topology as text: one paragraph for each sub-topology, one line for each node.</summary>
    public string Describe() => TopologyText.Of(this);

    /// <summary>The topology as a Mermaid flow chart.</summary>
    public string ToMermaid() => TopologyMermaid.Of(this);

    /// <summary>As <see cref="Describe"/>.</summary>
    public override string ToString() => Describe();
}
