using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Graph;

/// <summary>A processor's side outputs and stores, apart from its types.</summary>
internal sealed class ProcessorDefinition(NodeDefinition node, IReadOnlyList<StoreBuilder> stores)
{
    private readonly List<(object Handle, string Name, Func<TaskScope, object> Connect)> _sideOutputs = [];

    public NodeDefinition Node { get; } = node;

    public IReadOnlyList<StoreBuilder> Stores { get; } = stores;

    public Outlet<TKey, TValue> SideOutlet<TKey, TValue>(SideOutput<TKey, TValue> handle)
    {
        foreach (Outlet outlet in Node.Outlets)
        {
            if (outlet is Outlet<TKey, TValue> typed && outlet.Label == handle.Name && _sideOutputs.Exists(s => ReferenceEquals(s.Handle, handle)))
                return typed;
        }

        var added = new Outlet<TKey, TValue>(Node, handle.Name);
        _sideOutputs.Add((handle, handle.Name, added.Connect));
        return added;
    }

    public SideConnection[] ConnectSideOutputs(TaskScope scope) =>
        [.. _sideOutputs.Select(s => new SideConnection(s.Handle, s.Connect(scope), scope.Task.SideOutputs.Of(Node.Name, s.Name)))];
}
