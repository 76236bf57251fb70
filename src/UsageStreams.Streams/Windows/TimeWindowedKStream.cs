using UsageStreams.Streams.Internal.Tables;
using UsageStreams.Streams.Internal.Windows;

namespace UsageStreams.Streams.Windows;

/// <summary>A grouped stream that is aggregated by window of time.</summary>
public sealed class TimeWindowedKStream<TKey, TValue>
    where TKey : notnull
{
    private readonly KStream<TKey, TValue> _stream;
    private readonly TimeWindows _windows;

    internal TimeWindowedKStream(KStream<TKey, TValue> stream, TimeWindows windows)
    {
        _stream = stream;
        _windows = windows;
    }

    /// <summary>Counts the records of each key and window.</summary>
    /// <param name="materialized">Store name, serde of the records' key, serde of the count, and when results are sent.</param>
    public WindowedKTable<TKey, TValue, long> Count(Materialized<TKey, long> materialized) => Fold(
        materialized, static (bool _, long count, in Record<TKey, TValue> _) => count + 1);

    /// <summary>Puts the values of each key and window together. The first is taken as it is.</summary>
    public WindowedKTable<TKey, TValue, TValue> Reduce(Combiner<TValue> reducer, Materialized<TKey, TValue> materialized) => Fold(
        materialized, (bool exists, TValue? all, in Record<TKey, TValue> record) => exists ? reducer(all!, record.Value) : record.Value);

    /// <summary>Keeps an aggregate of each key and window.</summary>
    public WindowedKTable<TKey, TValue, TAggregate> Aggregate<TAggregate>(
        Initializer<TAggregate> initializer, Aggregator<TKey, TValue, TAggregate> aggregator, Materialized<TKey, TAggregate> materialized) => Fold(
        materialized, (bool exists, TAggregate? all, in Record<TKey, TValue> record) => aggregator(exists ? all! : initializer(), in record));

    private WindowedKTable<TKey, TValue, TAggregate> Fold<TAggregate>(Materialized<TKey, TAggregate> materialized, Fold<TKey, TValue, TAggregate> fold)
    {
        StoreBuilder<Windowed<TKey>, TAggregate> store = materialized.Store(Serdes.Windowed(materialized.KeySerde));
        var late = new SideOutput<Windowed<TKey>, TValue>("late");
        ProcessedStream<Windowed<TKey>, Change<TAggregate>> changes = _stream.Process(
            materialized.Name,
            NodeKind.Aggregate,
            () => new WindowedFoldProcessor<TKey, TValue, TAggregate>(store, _windows, fold, materialized.Emit, late),
            [store],
            []);
        return new WindowedKTable<TKey, TValue, TAggregate>(materialized.Name, _stream.Graph, changes, store, late);
    }
}
