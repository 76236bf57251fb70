using UsageStreams.Streams.Internal.Graph;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams;

/// <summary>A stream of records while a topology is described. Every operator names its node; names survive upgrades.</summary>
/// <typeparam name="TKey">Key.</typeparam>
/// <typeparam name="TValue">Value.</typeparam>
public partial class KStream<TKey, TValue>
{
    private readonly GraphBuilder _graph;
    private readonly IReadOnlyList<Outlet<TKey, TValue>> _outlets;

    internal KStream(GraphBuilder graph, IReadOnlyList<Outlet<TKey, TValue>> outlets, bool rekeyed = false)
    {
        _graph = graph;
        _outlets = outlets;
        IsRekeyed = rekeyed;
    }

    /// <summary>Whether keys may have changed since the records were last sent to the partition of their key.</summary>
    internal bool IsRekeyed { get; }

    internal GraphBuilder Graph => _graph;

    /// <summary>The sub-topologies that it comes from; several after a merge.</summary>
    internal IEnumerable<SubTopologyGraph> SubTopologies => _outlets.Select(static o => o.Owner.SubTopology).Distinct();

    /// <summary>Keeps the records for which <paramref name="predicate"/> holds.</summary>
    public KStream<TKey, TValue> Filter(string name, RecordPredicate<TKey, TValue> predicate) => Append<TKey, TValue>(
        name, NodeKind.Filter, (scope, downstream) => new FilterNode<TKey, TValue>(name, scope.Task, predicate, downstream));

    /// <summary>Makes one record of each.</summary>
    public KStream<TKeyOut, TValueOut> Map<TKeyOut, TValueOut>(string name, RecordMapper<TKey, TValue, TKeyOut, TValueOut> mapper) => Append<TKeyOut, TValueOut>(
        name, NodeKind.Map, (scope, downstream) => new MapNode<TKey, TValue, TKeyOut, TValueOut>(name, scope.Task, mapper, downstream), rekeys: true);

    /// <summary>Replaces each record's value.</summary>
    public KStream<TKey, TValueOut> MapValues<TValueOut>(string name, ValueMapper<TKey, TValue, TValueOut> mapper) => Append<TKey, TValueOut>(
        name, NodeKind.MapValues, (scope, downstream) => new MapValuesNode<TKey, TValue, TValueOut>(name, scope.Task, mapper, downstream));

    /// <summary>Makes any number of records of each.</summary>
    public KStream<TKeyOut, TValueOut> FlatMap<TKeyOut, TValueOut>(string name, FlatMapper<TKey, TValue, TKeyOut, TValueOut> mapper) => Append<TKeyOut, TValueOut>(
        name, NodeKind.FlatMap, (scope, downstream) => new FlatMapNode<TKey, TValue, TKeyOut, TValueOut>(name, scope.Task, mapper, downstream), rekeys: true);

    /// <summary>Runs user code with state.</summary>
    /// <param name="name">Name of the node.</param>
    /// <param name="supplier">Makes a new processor for each task.</param>
    /// <param name="stores">The stores that the processor asks for. A store belongs to one sub-topology.</param>
    public ProcessedStream<TKeyOut, TValueOut> Process<TKeyOut, TValueOut>(
        string name, Func<IProcessor<TKey, TValue, TKeyOut, TValueOut>> supplier, params StoreBuilder[] stores) =>
        Process(name, supplier, stores, []);

    /// <summary>Runs user code with state and with tables, whose partitions are followed with the task's.</summary>
    /// <param name="name">Name of the node.</param>
    /// <param name="supplier">Makes a new processor for each task.</param>
    /// <param name="stores">The stores that the processor asks for.</param>
    /// <param name="tables">The tables that the processor asks for; each has as many partitions as the stream. Global tables need not be given.</param>
    public ProcessedStream<TKeyOut, TValueOut> Process<TKeyOut, TValueOut>(
        string name, Func<IProcessor<TKey, TValue, TKeyOut, TValueOut>> supplier, IReadOnlyList<StoreBuilder> stores, IReadOnlyList<KTable> tables) =>
        Process(name, NodeKind.Processor, supplier, stores, tables);

    internal ProcessedStream<TKeyOut, TValueOut> Process<TKeyOut, TValueOut>(
        string name,
        NodeKind kind,
        Func<IProcessor<TKey, TValue, TKeyOut, TValueOut>> supplier,
        IReadOnlyList<StoreBuilder> stores,
        IReadOnlyList<KTable> tables)
    {
        SubTopologyGraph subTopology = OneSubTopology(name);
        SideTable[] followed = Follow(name, subTopology, tables);
        StoreBuilder[] all = [.. stores, .. tables.Where(t => t.Side is null && t.ProblemAsLookup(subTopology) is null).Select(static t => t.Lookup).OfType<StoreBuilder>()];
        var node = new InletDefinition<TKey, TValue>(_graph.Unique(name), kind, subTopology) { Stores = all, Tables = followed };
        var definition = new ProcessorDefinition(node, all);
        var outlet = new Outlet<TKeyOut, TValueOut>(node, null);
        node.Factory = scope =>
        {
            var processor = new ProcessorNode<TKey, TValue, TKeyOut, TValueOut>(name, scope, supplier(), definition, outlet.Connect(scope));
            scope.Processors.Add(processor);
            return processor.Input;
        };
        Attach(node);
        return new ProcessedStream<TKeyOut, TValueOut>(_graph, outlet, definition);
    }

    /// <summary>
    /// Puts two streams together. Streams of different sub-topologies may be merged only directly before <see cref="Repartition"/>
    /// or <see cref="To"/>: one task reads one partition.
    /// </summary>
    public KStream<TKey, TValue> Merge(KStream<TKey, TValue> other) =>
        new(_graph, [.. _outlets, .. other._outlets], IsRekeyed || other.IsRekeyed);

    /// <summary>
    /// Sends the records through a topic of our own, by key, to a new sub-topology. Headers and event times go along, and so does stream time.
    /// </summary>
    public KStream<TKey, TValue> Repartition(Repartitioned<TKey, TValue> repartitioned)
    {
        var next = new SubTopologyGraph(_graph.Unique(repartitioned.Name)) { RequestedPartitions = repartitioned.Partitions };
        var source = new SourceDefinition<TKey, TValue>(repartitioned, next);
        string name = _graph.Unique($"to-{repartitioned.Name}");
        foreach (IGrouping<SubTopologyGraph, Outlet<TKey, TValue>> upstream in _outlets.GroupBy(static o => o.Owner.SubTopology))
        {
            next.Upstream.Add(upstream.Key);
            var sink = new SinkDefinition<TKey, TValue>(name, upstream.Key, repartitioned);
            foreach (Outlet<TKey, TValue> outlet in upstream)
                outlet.Add(sink);
        }

        _graph.SubTopologies.Add(next);
        return new KStream<TKey, TValue>(_graph, [source.Output]);
    }

    /// <summary>Writes the records to a topic, which must exist when the application starts.</summary>
    public void To(string topic, Produced<TKey, TValue> produced)
    {
        string name = produced.Name is null ? _graph.Free($"to-{topic}") : _graph.Unique(produced.Name);
        foreach (IGrouping<SubTopologyGraph, Outlet<TKey, TValue>> upstream in _outlets.GroupBy(static o => o.Owner.SubTopology))
        {
            var sink = new SinkDefinition<TKey, TValue>(name, upstream.Key, topic, produced);
            foreach (Outlet<TKey, TValue> outlet in upstream)
                outlet.Add(sink);
        }
    }

    internal KStream<TKeyOut, TValueOut> Append<TKeyOut, TValueOut>(
        string name, NodeKind kind, Func<TaskScope, Downstream<TKeyOut, TValueOut>, Receiver<TKey, TValue>> create, bool rekeys = false)
    {
        var node = new InletDefinition<TKey, TValue>(_graph.Unique(name), kind, OneSubTopology(name));
        var outlet = new Outlet<TKeyOut, TValueOut>(node, null);
        node.Factory = scope => create(scope, outlet.Connect(scope));
        Attach(node);
        return new KStream<TKeyOut, TValueOut>(_graph, [outlet], IsRekeyed || rekeys);
    }

    private void Attach(InletDefinition<TKey, TValue> node)
    {
        foreach (Outlet<TKey, TValue> outlet in _outlets)
            outlet.Add(node);
    }

    private SideTable[] Follow(string name, SubTopologyGraph subTopology, IReadOnlyList<KTable> tables)
    {
        foreach (KTable table in tables)
        {
            if (table.ProblemAsLookup(subTopology) is { } problem)
                _graph.Problem($"Node '{name}' looks up table '{table.Name}', and {problem}");
            else if (IsRekeyed && table.Side is not null)
                _graph.Problem(
                    $"Node '{name}' looks up table '{table.Name}' by keys that changed above, so the partition at hand may be the wrong one. Call Repartition(…) before it.");
        }

        SideTable[] followed = [.. tables.Select(static t => t.Side).OfType<SideTable>()];
        foreach (SideTable side in followed)
        {
            if (subTopology.Tables.Contains(side))
                continue;
            if (subTopology.Tables.Exists(other => other.Topic == side.Topic))
                _graph.Problem($"Node '{name}' looks up topic '{side.Topic}', which sub-topology '{subTopology.Name}' follows as another table already. Call Table(…) once and use the handle twice.");
            subTopology.Tables.Add(side);
        }

        return followed;
    }

    private SubTopologyGraph OneSubTopology(string name)
    {
        SubTopologyGraph first = _outlets[0].Owner.SubTopology;
        foreach (Outlet<TKey, TValue> outlet in _outlets)
        {
            SubTopologyGraph other = outlet.Owner.SubTopology;
            if (!ReferenceEquals(first, other))
            {
                _graph.Problem(
                    $"Node '{name}' takes a merge of sub-topologies '{first.Name}' and '{other.Name}', and so would read two partitioned inputs. "
                    + "Call Repartition(…) directly after Merge(…): both then write one topic, which the node reads.");
            }
        }

        return first;
    }
}

/// <summary>What a processor forwards.</summary>
public sealed class ProcessedStream<TKey, TValue> : KStream<TKey, TValue>
{
    private readonly GraphBuilder _graph;
    private readonly ProcessorDefinition _processor;

    internal ProcessedStream(GraphBuilder graph, Outlet<TKey, TValue> outlet, ProcessorDefinition processor)
        : base(graph, [outlet], rekeyed: true)
    {
        _graph = graph;
        _processor = processor;
    }

    internal NodeDefinition Node => _processor.Node;

    /// <summary>What the processor forwards to a side output.</summary>
    public KStream<TSideKey, TSideValue> SideOutput<TSideKey, TSideValue>(SideOutput<TSideKey, TSideValue> sideOutput) =>
        new(_graph, [_processor.SideOutlet(sideOutput)], rekeyed: true);
    /// <summary>A side output that must be connected, because <paramref name="loses"/> would be lost otherwise.</summary>
    internal KStream<TSideKey, TSideValue> Mandatory<TSideKey, TSideValue>(SideOutput<TSideKey, TSideValue> sideOutput, string loses)
    {
        Outlet<TSideKey, TSideValue> outlet = _processor.SideOutlet(sideOutput);
        outlet.Loses = loses;
        return new KStream<TSideKey, TSideValue>(_graph, [outlet]);
    }
}
