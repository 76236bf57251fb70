using UsageStreams.Streams.Internal.Graph;
using UsageStreams.Streams.Internal.Tables;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams;

/// <summary>A table while a topology is described: one value per key, each record a change of it.</summary>
public abstract class KTable
{
    private protected KTable(string name) => Name = name;

    /// <summary>Name of the table: of its topic's source, its store, or the node that made it.</summary>
    public string Name { get; }

    /// <summary>The topic that it follows, when it is one.</summary>
    internal SideTable? Side { get; private protected init; }

    /// <summary>Whether its changes tell the value that a key had before: those of a topic that is not kept don't.</summary>
    internal bool KnowsOldValues { get; init; } = true;

    /// <summary>The store that holds it, when it is computed here.</summary>
    internal abstract StoreBuilder? Lookup { get; }

    /// <summary>Why a task of <paramref name="subTopology"/> can't look it up; null when it can. Ends with the fix.</summary>
    internal abstract string? ProblemAsLookup(SubTopologyGraph subTopology);
}

/// <summary>A table while a topology is described: one value per key, each record a change of it.</summary>
/// <typeparam name="TKey">Key.</typeparam>
/// <typeparam name="TValue">Value.</typeparam>
public class KTable<TKey, TValue> : KTable
    where TKey : notnull
{
    private readonly GraphBuilder _graph;
    private readonly Func<KStream<TKey, Change<TValue>>> _read;
    private KStream<TKey, Change<TValue>>? _changes;

    internal KTable(string name, GraphBuilder graph, KStream<TKey, Change<TValue>> changes, StoreBuilder<TKey, TValue>? store)
        : base(name)
    {
        _graph = graph;
        _changes = changes;
        _read = () => changes;
        Store = store;
    }

    internal KTable(GraphBuilder graph, string topic, Consumed<TKey, TValue> consumed)
        : base(consumed.Name ?? topic)
    {
        _graph = graph;
        KnowsOldValues = false;
        Side = new SideTable<TKey, TValue>(topic, consumed);
        _read = () => new KStream<TKey, TValue>(graph, [graph.AddSource(topic, consumed, takesTombstones: true).Output])
            .Append<TKey, Change<TValue>>($"{Name}-as-table", NodeKind.Map, OfTopic);
    }

    /// <summary>The store that holds the table, for processors of the same sub-topology and for queries; null when it is kept nowhere.</summary>
    public StoreBuilder<TKey, TValue>? Store { get; }

    internal KStream<TKey, Change<TValue>> Changes => _changes ??= _read();

    internal override StoreBuilder? Lookup => Store;

    internal GraphBuilder Graph => _graph;

    /// <summary>
    /// The table's changes as records. A key that has no value any more is a record whose <see cref="Record{TKey, TValue}.IsTombstone"/> holds.
    /// </summary>
    public KStream<TKey, TValue> ToStream(string name) => Changes.Append<TKey, TValue>(
        name, NodeKind.Map, (scope, downstream) => new MapNode<TKey, Change<TValue>, TKey, TValue>(name, scope.Task, ToRecord, downstream));

    /// <summary>Keeps the keys for whose values <paramref name="predicate"/> holds: a pure function. A key whose new value does not pass is removed.</summary>
    public KTable<TKey, TValue> Filter(string name, RecordPredicate<TKey, TValue> predicate) => Then<TValue>(
        name, NodeKind.Filter, (in Record<TKey, Change<TValue>> record, Emitter<TKey, Change<TValue>> emitter) =>
        {
            Change<TValue> change = record.Value;
            bool had = change.HadOld && (change.IsOldUnknown || predicate(record.WithValue(change.Old!)));
            bool has = change.HasNew && predicate(record.WithValue(change.New!));
            if (had || has)
                emitter.Emit(record.Key, change with { HadOld = had, HasNew = has });
        });

    /// <summary>Replaces each value by a pure function of it.</summary>
    public KTable<TKey, TValueOut> MapValues<TValueOut>(string name, ValueMapper<TKey, TValue, TValueOut> mapper) => Then<TValueOut>(
        name, NodeKind.MapValues, (in Record<TKey, Change<TValue>> record, Emitter<TKey, Change<TValueOut>> emitter) =>
        {
            Change<TValue> change = record.Value;
            TValueOut? old = change.HadOld && !change.IsOldUnknown ? mapper(record.WithValue(change.Old!)) : default;
            TValueOut? mapped = change.HasNew ? mapper(record.WithValue(change.New!)) : default;
            emitter.Emit(record.Key, new Change<TValueOut>(change.HadOld, old, change.HasNew, mapped) { IsOldUnknown = change.IsOldUnknown });
        });

    /// <summary>Keeps the table in a store, so that joins and processors of the same sub-topology can look it up.</summary>
    public KTable<TKey, TValue> Materialize(Materialized<TKey, TValue> materialized) => Changes.ToTable(
        materialized, static (in Record<TKey, Change<TValue>> record) => record.Value.HasNew ? record.Value.New : default,
        static (in Record<TKey, Change<TValue>> record) => record.Value.HasNew);

    internal override string? ProblemAsLookup(SubTopologyGraph subTopology)
    {
        if (Side is not null)
            return null;
        if (Store is null)
            return "it is kept nowhere. Call Materialize(Materialized.As(…)) on it.";
        SubTopologyGraph own = Changes.SubTopologies.First();
        return ReferenceEquals(own, subTopology)
            ? null
            : $"it lies in sub-topology '{own.Name}', not in '{subTopology.Name}'. Send the stream there, or write the table to a topic and follow that by Table(…).";
    }

    /// <summary>Another table of the changes; <paramref name="mapper"/> sends at most one for each.</summary>
    internal KTable<TKey, TValueOut> Then<TValueOut>(string name, NodeKind kind, FlatMapper<TKey, Change<TValue>, TKey, Change<TValueOut>> mapper) => new(
        name,
        _graph,
        Changes.Append<TKey, Change<TValueOut>>(
            name, kind, (scope, downstream) => new FlatMapNode<TKey, Change<TValue>, TKey, Change<TValueOut>>(name, scope.Task, mapper, downstream)),
        null) { KnowsOldValues = KnowsOldValues };

    private static Record<TKey, TValue> ToRecord(in Record<TKey, Change<TValue>> record) => record.Value.HasNew
        ? record.WithValue(record.Value.New!)
        : Record<TKey, TValue>.Tombstone(record.Key, record.Timestamp, record.Headers);

    private Receiver<TKey, TValue> OfTopic(TaskScope scope, Downstream<TKey, Change<TValue>> downstream) =>
        new MapValuesNode<TKey, TValue, Change<TValue>>($"{Name}-as-table", scope.Task, Change<TValue>.OfTopic, downstream);
}
