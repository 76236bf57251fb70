using UsageStreams.Streams.Internal.Graph;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams;

/// <summary>A stream that is split. A record goes the way of the first branch whose predicate holds, in the order of the calls.</summary>
/// <remarks>What no branch takes goes to the default branch. Without one it goes no further, as behind a filter.</remarks>
public sealed class BranchedStream<TKey, TValue>
{
    private readonly KStream<TKey, TValue> _stream;
    private readonly InletDefinition<TKey, TValue> _node;
    private readonly List<(RecordPredicate<TKey, TValue> Predicate, Outlet<TKey, TValue> Outlet)> _branches = [];
    private Outlet<TKey, TValue>? _default;

    internal BranchedStream(KStream<TKey, TValue> stream, InletDefinition<TKey, TValue> node)
    {
        _stream = stream;
        _node = node;
        node.Factory = scope => new SplitNode<TKey, TValue>(
            node.Name,
            scope.Task,
            [.. _branches.Select(static b => b.Predicate)],
            [.. _branches.Select(b => b.Outlet.Connect(scope))],
            _default?.Connect(scope));
    }

    /// <summary>Adds a branch.</summary>
    /// <param name="name">Name of the branch, shown in the topology's description.</param>
    /// <param name="predicate">Says whether the branch takes a record that no branch before took.</param>
    /// <param name="branch">What it takes.</param>
    public BranchedStream<TKey, TValue> Branch(string name, RecordPredicate<TKey, TValue> predicate, out KStream<TKey, TValue> branch)
    {
        Outlet<TKey, TValue> outlet = Add(name);
        _branches.Add((predicate, outlet));
        branch = Of(outlet);
        return this;
    }

    /// <summary>Gives what no branch takes, whatever branches are added after.</summary>
    public KStream<TKey, TValue> Default(string name) => Of(_default ??= Add(name));

    private Outlet<TKey, TValue> Add(string name)
    {
        if (_node.Outlets.Exists(o => o.Label == name))
            _stream.Graph.Problem($"Split '{_node.Name}' has two branches named '{name}'. Give one another name.");
        return new Outlet<TKey, TValue>(_node, name);
    }

    private KStream<TKey, TValue> Of(Outlet<TKey, TValue> outlet) => new(_stream.Graph, [outlet], _stream.IsRekeyed);
}
