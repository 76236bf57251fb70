using UsageStreams.Streams.Internal.Tables;

namespace UsageStreams.Streams;

/// <summary>
/// A table whose values are brought together by another key, ready to be aggregated. A value that changes is taken out of its former group and added to
/// its new one, so that each group's aggregate is always that of the table's present values.
/// </summary>
/// <remarks>
/// Values of several keys reach a group in no particular order: adding and taking out must not depend on it. Nothing is taken out that was not added before.
/// </remarks>
public sealed class KGroupedTable<TKey, TValue>
    where TKey : notnull
{
    private readonly KStream<TKey, Change<TValue>> _changes;

    internal KGroupedTable(KStream<TKey, Change<TValue>> changes) => _changes = changes;

    /// <summary>Counts the values of each group. A group that loses its last value is removed.</summary>
    public KTable<TKey, long> Count(Materialized<TKey, long> materialized) => Fold(
        materialized,
        static (bool _, long count, in Record<TKey, Change<TValue>> record) => count + (record.Value.HasNew ? 1 : 0) - (record.Value.HadOld ? 1 : 0),
        static count => count > 0);

    /// <summary>Puts the values of each group together. The first is taken as it is.</summary>
    /// <param name="adder">Adds a value.</param>
    /// <param name="subtractor">Takes a value out that was added before. Null removes the group.</param>
    /// <param name="materialized">Store name, serdes, and when changes are sent.</param>
    public KTable<TKey, TValue> Reduce(Combiner<TValue> adder, Subtractor<TValue> subtractor, Materialized<TKey, TValue> materialized) => Fold(
        materialized,
        (bool exists, TValue? all, in Record<TKey, Change<TValue>> record) =>
        {
            Change<TValue> change = record.Value;
            if (change.HadOld && exists)
            {
                all = subtractor(all!, change.Old!);
                exists = all is not null;
            }

            if (!change.HasNew)
                return all;
            return exists ? adder(all!, change.New!) : change.New;
        });

    /// <summary>Keeps an aggregate of each group.</summary>
    /// <param name="initializer">Gives the aggregate of no value.</param>
    /// <param name="adder">Adds a value. Null removes the group.</param>
    /// <param name="subtractor">Takes a value out that was added before. Null removes the group.</param>
    /// <param name="materialized">Store name, serdes, and when changes are sent.</param>
    public KTable<TKey, TAggregate> Aggregate<TAggregate>(
        Initializer<TAggregate> initializer,
        Aggregator<TKey, TValue, TAggregate> adder,
        Aggregator<TKey, TValue, TAggregate> subtractor,
        Materialized<TKey, TAggregate> materialized) => Fold(
        materialized,
        (bool exists, TAggregate? all, in Record<TKey, Change<TValue>> record) =>
        {
            Change<TValue> change = record.Value;
            if (change.HadOld && exists)
            {
                all = subtractor(all!, record.WithValue(change.Old!));
                exists = all is not null;
            }

            return change.HasNew ? adder(exists ? all! : initializer(), record.WithValue(change.New!)) : all;
        });

    private KTable<TKey, TAggregate> Fold<TAggregate>(
        Materialized<TKey, TAggregate> materialized, Fold<TKey, Change<TValue>, TAggregate> fold, Predicate<TAggregate>? keeps = null)
    {
        StoreBuilder<TKey, TAggregate> store = materialized.Store();
        if (materialized.Emit == EmitStrategy.OnWindowClose)
            _changes.Graph.Problem($"Aggregate '{materialized.Name}' is to emit when a window closes, and has no windows. Emit on commit or update.");
        ProcessedStream<TKey, Change<TAggregate>> changes = _changes.Process(
            materialized.Name, NodeKind.Aggregate, () => new FoldProcessor<TKey, Change<TValue>, TAggregate>(store, fold, materialized.Emit, keeps), [store], []);
        return new KTable<TKey, TAggregate>(materialized.Name, _changes.Graph, changes.WithUnchangedKeys(), store);
    }
}
