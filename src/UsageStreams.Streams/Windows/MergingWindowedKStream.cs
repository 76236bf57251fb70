using UsageStreams.Streams.Internal.Tables;
using UsageStreams.Streams.Internal.Windows;

namespace UsageStreams.Streams.Windows;

/// <summary>A grouped stream that is aggregated by windows whose aggregates are put together: sessions that meet, or the event times of a sliding window.</summary>
public abstract class MergingWindowedKStream<TKey, TValue>
    where TKey : notnull
{
    private readonly KStream<TKey, TValue> _stream;

    private protected MergingWindowedKStream(KStream<TKey, TValue> stream) => _stream = stream;

    /// <summary>Whether a store holds each window's result, so that the table can be looked into.</summary>
    private protected abstract bool KeepsResults { get; }

    /// <summary>Counts the records of each key and window.</summary>
    /// <param name="materialized">Store name, serde of the records' key, serde of the count, and when results are sent.</param>
    public WindowedKTable<TKey, TValue, long> Count(Materialized<TKey, long> materialized) => Fold(
        materialized, static (bool _, long count, in Record<TKey, TValue> _) => count + 1, static (earlier, later) => earlier + later);

    /// <summary>Puts the values of each key and window together. The first is taken as it is.</summary>
    public WindowedKTable<TKey, TValue, TValue> Reduce(Combiner<TValue> reducer, Materialized<TKey, TValue> materialized) => Fold(
        materialized, (bool exists, TValue? all, in Record<TKey, TValue> record) => exists ? reducer(all!, record.Value) : record.Value, reducer);

    /// <summary>Keeps an aggregate of each key and window.</summary>
    /// <param name="initializer">Gives the aggregate of no record.</param>
    /// <param name="aggregator">Adds a record.</param>
    /// <param name="merger">Makes one aggregate of two that belong to one window; the earlier comes first.</param>
    /// <param name="materialized">Store name, serdes, and when results are sent.</param>
    public WindowedKTable<TKey, TValue, TAggregate> Aggregate<TAggregate>(
        Initializer<TAggregate> initializer,
        Aggregator<TKey, TValue, TAggregate> aggregator,
        Combiner<TAggregate> merger,
        Materialized<TKey, TAggregate> materialized) => Fold(
        materialized, (bool exists, TAggregate? all, in Record<TKey, TValue> record) => aggregator(exists ? all! : initializer(), in record), merger);

    private protected abstract IProcessor<TKey, TValue, Windowed<TKey>, Change<TAggregate>> Processor<TAggregate>(
        StoreBuilder<Windowed<TKey>, TAggregate> store,
        Fold<TKey, TValue, TAggregate> fold,
        Combiner<TAggregate> merger,
        EmitStrategy emit,
        SideOutput<Windowed<TKey>, TValue> late);

    private WindowedKTable<TKey, TValue, TAggregate> Fold<TAggregate>(
        Materialized<TKey, TAggregate> materialized, Fold<TKey, TValue, TAggregate> fold, Combiner<TAggregate> merger)
    {
        StoreBuilder<Windowed<TKey>, TAggregate> store = materialized.Store(Serdes.Windowed(materialized.KeySerde));
        var late = new SideOutput<Windowed<TKey>, TValue>("late");
        ProcessedStream<Windowed<TKey>, Change<TAggregate>> changes = _stream.Process(
            materialized.Name,
            NodeKind.Aggregate,
            () => Processor(store, fold, merger, materialized.Emit, late),
            [store],
            []);
        return new WindowedKTable<TKey, TValue, TAggregate>(materialized.Name, _stream.Graph, changes, KeepsResults ? store : null, late);
    }
}
