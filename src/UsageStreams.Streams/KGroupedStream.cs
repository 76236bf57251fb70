using UsageStreams.Streams.Internal.Tables;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams;

/// <summary>Gives the aggregate of no record.</summary>
public delegate TAggregate Initializer<out TAggregate>();

/// <summary>Adds a record to an aggregate and gives the new one; null removes the key.</summary>
/// <param name="aggregate">
/// The aggregate so far. Give a new one back rather than change this one: the table's filters and joins see the old and the new value.
/// </param>
/// <param name="record">The record.</param>
public delegate TAggregate? Aggregator<TKey, TValue, TAggregate>(TAggregate aggregate, in Record<TKey, TValue> record);

/// <summary>A stream whose records lie in the partition of their key, ready to be aggregated.</summary>
public sealed class KGroupedStream<TKey, TValue>
    where TKey : notnull
{
    internal KGroupedStream(KStream<TKey, TValue> stream) => Stream = stream;

    internal KStream<TKey, TValue> Stream { get; }

    /// <summary>Counts the records of each key.</summary>
    public KTable<TKey, long> Count(Materialized<TKey, long> materialized) => Fold(
        materialized, static (bool _, long count, in Record<TKey, TValue> _) => count + 1);

    /// <summary>Puts the values of each key together. The first is taken as it is.</summary>
    public KTable<TKey, TValue> Reduce(Combiner<TValue> reducer, Materialized<TKey, TValue> materialized) => Fold(
        materialized, (bool exists, TValue? all, in Record<TKey, TValue> record) => exists ? reducer(all!, record.Value) : record.Value);

    /// <summary>Keeps an aggregate of each key.</summary>
    public KTable<TKey, TAggregate> Aggregate<TAggregate>(
        Initializer<TAggregate> initializer, Aggregator<TKey, TValue, TAggregate> aggregator, Materialized<TKey, TAggregate> materialized) => Fold(
        materialized, (bool exists, TAggregate? all, in Record<TKey, TValue> record) => aggregator(exists ? all! : initializer(), in record));

    /// <summary>Aggregates by key and window of time: tumbling, hopping, calendar.</summary>
    public TimeWindowedKStream<TKey, TValue> WindowedBy(TimeWindows windows) => new(Stream, windows);

    /// <summary>Aggregates by key and session: records that follow each other within a gap.</summary>
    public SessionWindowedKStream<TKey, TValue> WindowedBy(SessionWindows windows) => new(Stream, windows);

    /// <summary>Aggregates, for each record, what happened in the span of time that ends with it.</summary>
    public SlidingWindowedKStream<TKey, TValue> WindowedBy(SlidingWindows windows) => new(Stream, windows);

    private KTable<TKey, TAggregate> Fold<TAggregate>(Materialized<TKey, TAggregate> materialized, Fold<TKey, TValue, TAggregate> fold)
    {
        StoreBuilder<TKey, TAggregate> store = materialized.Store();
        if (materialized.Emit == EmitStrategy.OnWindowClose)
            Stream.Graph.Problem($"Aggregate '{materialized.Name}' is to emit when a window closes, and has no windows. Call WindowedBy(…) first, or emit on commit or update.");
        ProcessedStream<TKey, Change<TAggregate>> changes = Stream.Process(
            materialized.Name, NodeKind.Aggregate, () => new FoldProcessor<TKey, TValue, TAggregate>(store, fold, materialized.Emit), [store], []);
        return new KTable<TKey, TAggregate>(materialized.Name, Stream.Graph, changes.WithUnchangedKeys(), store);
    }
}
