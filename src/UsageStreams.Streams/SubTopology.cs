using UsageStreams.Streams.Internal.Graph;

namespace UsageStreams.Streams;

/// <summary>What a node does.</summary>
public enum NodeKind
{
    /// <summary>Reads a topic.</summary>
    Source,

    /// <summary>Keeps some records.</summary>
    Filter,

    /// <summary>Makes one record of each.</summary>
    Map,

    /// <summary>Replaces values.</summary>
    MapValues,

    /// <summary>Makes any number of records of each.</summary>
    FlatMap,

    /// <summary>Sends each record one of several ways.</summary>
    Split,

    /// <summary>Lets the first record of each id pass.</summary>
    Deduplicate,

    /// <summary>Keeps one value per key, or per key and window.</summary>
    Aggregate,

    /// <summary>Puts records of two inputs together.</summary>
    Join,

    /// <summary>Runs user code.</summary>
    Processor,

    /// <summary>Writes a topic.</summary>
    Sink,

    /// <summary>Holds changes of a table back.</summary>
    Suppress,
}

/// <summary>What hangs together below one source.</summary>
/// <param name="Name">Name, which is that of its source.</param>
/// <param name="InputTopic">The topic it reads; of an internal one the name begins with <c>&lt;application&gt;</c>.</param>
/// <param name="IsRepartitioned">Whether it reads a repartition topic.</param>
/// <param name="Nodes">Its nodes, the source first.</param>
/// <param name="Stores">Its stores, the engine's own for stream time included.</param>
public sealed record SubTopology(
    string Name,
    string InputTopic,
    bool IsRepartitioned,
    IReadOnlyList<TopologyNode> Nodes,
    IReadOnlyList<TopologyStore> Stores)
{
    /// <summary>The tables that its tasks look up, each following the partition of its own number.</summary>
    public IReadOnlyList<TopologyTable> Tables { get; init; } = [];

    internal static SubTopology Of(SubTopologyGraph graph) => new(
        graph.Name,
        graph.Source.Topic.ToString()!,
        graph.Source.Topic!.Value.IsRepartition,
        [.. graph.Nodes.Select(TopologyNode.Of)],
        [.. graph.Stores.Select(static s => new TopologyStore(s.Name, s.Changelog("<application>"), s.PublicChangelog is not null))])
    {
        Tables = [.. graph.Tables.Select(static t => new TopologyTable(t.Name, t.Topic))],
    };
}

/// <summary>A node.</summary>
/// <param name="Name">Name.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Topic">The topic that a source reads or a sink writes; otherwise null.</param>
/// <param name="Stores">Names of its stores.</param>
/// <param name="Successors">Where its output goes.</param>
public sealed record TopologyNode(
    string Name, NodeKind Kind, string? Topic, IReadOnlyList<string> Stores, IReadOnlyList<TopologyEdge> Successors)
{
    /// <summary>Names of the tables that it looks up.</summary>
    public IReadOnlyList<string> Tables { get; init; } = [];

    internal static TopologyNode Of(NodeDefinition node) => new(
        node.Name,
        node.Kind,
        node.Topic?.ToString(),
        [.. node.Stores.Select(static s => s.Name)],
        [.. node.Outlets.SelectMany(static o => o.Children.Select(c => new TopologyEdge(c.Name, o.Label)))])
    {
        Tables = [.. node.Tables.Select(static t => t.Name)],
    };
}

/// <summary>A way from a node to the next.</summary>
/// <param name="To">Name of the next node.</param>
/// <param name="Label">Name of the side output, or null for the main output.</param>
public sealed record TopologyEdge(string To, string? Label);

/// <summary>A store.</summary>
/// <param name="Name">Name.</param>
/// <param name="Changelog">Its changelog topic; null when it is restored from the sub-topology's input.</param>
/// <param name="IsPublic">Whether the changelog is a public topic.</param>
public sealed record TopologyStore(string Name, string? Changelog, bool IsPublic);

/// <summary>A table whose partitions are followed with those of a sub-topology.</summary>
/// <param name="Name">Name.</param>
/// <param name="Topic">The compacted topic that it follows.</param>
public sealed record TopologyTable(string Name, string Topic);
