using UsageStreams.Streams.Internal.Graph;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams;

// The operators that are made of the others, or of one node each.
public partial class KStream<TKey, TValue>
{
    /// <summary>
    /// Gives each record another key. Records stay in their partition: what goes by key below (grouping, a join) needs a repartition, which
    /// grouping and joins do by themselves when they are told the serdes.
    /// </summary>
    public KStream<TKeyOut, TValue> SelectKey<TKeyOut>(string name, RecordSelector<TKey, TValue, TKeyOut> selector) =>
        Append<TKeyOut, TValue>(
            name, NodeKind.Map, (scope, downstream) => new SelectKeyNode<TKey, TValue, TKeyOut>(name, scope.Task, selector, downstream), rekeys: true);

    /// <summary>Looks at each record, and lets all pass. A record may be looked at again after a failure.</summary>
    public KStream<TKey, TValue> Peek(string name, RecordAction<TKey, TValue> action) => Filter(name, (in Record<TKey, TValue> record) =>
    {
        action(in record);
        return true;
    });

    /// <summary>Looks at each record, and ends there. A record may be looked at again after a failure.</summary>
    public void Foreach(string name, RecordAction<TKey, TValue> action) => Append<TKey, TValue>(
        name, NodeKind.Processor, (scope, _) => new ForeachNode<TKey, TValue>(name, scope.Task, action));

    /// <summary>
    /// Writes the records to a topic of the user's, and goes on with what is read from there: a sub-topology of its own, which sees what others write there
    /// as well. For a topic of the engine's own see <see cref="Repartition"/>.
    /// </summary>
    /// <param name="topic">The topic, which must exist when the application starts.</param>
    /// <param name="produced">How it is written. For stream time below, announce it: <see cref="Produced{TKey, TValue}.WithWatermarks"/>.</param>
    /// <param name="consumed">How it is read. For that stream time, <see cref="Consumed{TKey, TValue}.WithStreamTimeFromWatermarks"/>.</param>
    public KStream<TKey, TValue> Through(string topic, Produced<TKey, TValue> produced, Consumed<TKey, TValue> consumed)
    {
        To(topic, produced);
        return new KStream<TKey, TValue>(_graph, [_graph.AddSource(topic, consumed).Output]);
    }

    /// <summary>Makes any number of records of each, with the same key, event time and headers.</summary>
    public KStream<TKey, TValueOut> FlatMapValues<TValueOut>(string name, FlatValueMapper<TKey, TValue, TValueOut> mapper) => Append<TKey, TValueOut>(
        name, NodeKind.FlatMap, (scope, downstream) => new FlatMapValuesNode<TKey, TValue, TValueOut>(name, scope.Task, mapper, downstream));

    /// <summary>Sends each record one of several ways.</summary>
    /// <param name="name">Name of the node.</param>
    public BranchedStream<TKey, TValue> Split(string name)
    {
        var node = new InletDefinition<TKey, TValue>(_graph.Unique(name), NodeKind.Split, OneSubTopology(name));
        Attach(node);
        return new BranchedStream<TKey, TValue>(this, node);
    }

    /// <summary>
    /// Promises that every record still lies in the partition of its key, though an operator above could have changed it: grouping and joins
    /// then need no repartition. If that is wrong, what belongs to one key is counted in several tasks.
    /// </summary>
    public KStream<TKey, TValue> WithUnchangedKeys() => WithKeys(changed: false);

    internal KStream<TKey, TValue> WithKeys(bool changed) => new(_graph, _outlets, changed);
}
