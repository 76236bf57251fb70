using UsageStreams.Streams.Internal.Graph;
using UsageStreams.Streams.Internal.Telemetry;

namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>A side output's handle, the nodes below it, and the number of records sent there.</summary>
internal readonly record struct SideConnection(object Handle, object Downstream, RecordCount Count);

/// <summary>Makes the nodes of one task, each once however many nodes stand above it.</summary>
internal sealed class TaskScope(StreamTask task)
{
    private readonly Dictionary<NodeDefinition, object> _nodes = [];

    public StreamTask Task { get; } = task;

    public List<ProcessorNode> Processors { get; } = [];

    /// <summary>Sends what combiners hold back; called at each commit.</summary>
    public List<Action> Combiners { get; } = [];

    public Receiver<TKey, TValue> Node<TKey, TValue>(InletDefinition<TKey, TValue> definition)
    {
        if (_nodes.TryGetValue(definition, out object? node))
            return (Receiver<TKey, TValue>)node;
        Receiver<TKey, TValue> created = definition.Create(this);
        _nodes.Add(definition, created);
        return created;
    }
}
