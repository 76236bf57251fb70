using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Graph;

/// <summary>A node as described; each task makes its own node of it.</summary>
internal abstract class NodeDefinition
{
    protected NodeDefinition(string name, NodeKind kind, SubTopologyGraph subTopology)
    {
        Name = name;
        Kind = kind;
        SubTopology = subTopology;
        subTopology.Nodes.Add(this);
    }

    public string Name { get; }

    public NodeKind Kind { get; }

    public SubTopologyGraph SubTopology { get; }

    public List<Outlet> Outlets { get; } = [];

    public IReadOnlyList<StoreBuilder> Stores { get; init; } = [];

    /// <summary>Whether it does nothing useful without stream time.</summary>
    public bool NeedsTime
    {
        get => field || Stores.Any(static s => s.NeedsTime);
        set;
    }

    /// <summary>The tables whose partitions it looks up.</summary>
    public IReadOnlyList<SideTable> Tables { get; init; } = [];

    /// <summary>The topic that a source reads or a sink writes.</summary>
    public TopicName? Topic { get; protected init; }

    /// <summary>What a sink writes; null for other nodes.</summary>
    public SinkDefinition? Sink { get; protected init; }
}

/// <summary>A node that takes records of one type.</summary>
internal class InletDefinition<TKey, TValue>(string name, NodeKind kind, SubTopologyGraph subTopology) : NodeDefinition(name, kind, subTopology)
{
    public Func<TaskScope, Receiver<TKey, TValue>>? Factory { get; set; }

    public Receiver<TKey, TValue> Create(TaskScope scope) => Factory!(scope);
}

/// <summary>Where a node's output of one type goes.</summary>
internal abstract class Outlet
{
    protected Outlet(NodeDefinition owner, string? label)
    {
        Owner = owner;
        Label = label;
        owner.Outlets.Add(this);
    }

    public NodeDefinition Owner { get; }

    /// <summary>What records would be lost if nothing were connected; null when that is no fault.</summary>
    public string? Loses { get; set; }

    /// <summary>Null for the main output.</summary>
    public string? Label { get; }

    public abstract IReadOnlyList<NodeDefinition> Children { get; }
}

internal sealed class Outlet<TKey, TValue>(NodeDefinition owner, string? label) : Outlet(owner, label)
{
    private readonly List<InletDefinition<TKey, TValue>> _children = [];

    public override IReadOnlyList<NodeDefinition> Children => _children;

    public void Add(InletDefinition<TKey, TValue> child) => _children.Add(child);

    public Downstream<TKey, TValue> Connect(TaskScope scope) => new([.. _children.Select(scope.Node)]);
}
