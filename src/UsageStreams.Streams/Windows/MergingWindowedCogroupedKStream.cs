namespace UsageStreams.Streams.Windows;

/// <summary>Several grouped streams that are aggregated together by windows whose aggregates are put together: sessions, or sliding windows.</summary>
public sealed class MergingWindowedCogroupedKStream<TKey, TAggregate>
    where TKey : notnull
{
    private readonly CogroupedKStream<TKey, TAggregate> _streams;
    private readonly Func<KGroupedStream<TKey, CogroupedValue>, MergingWindowedKStream<TKey, CogroupedValue>> _windowed;

    internal MergingWindowedCogroupedKStream(
        CogroupedKStream<TKey, TAggregate> streams, Func<KGroupedStream<TKey, CogroupedValue>, MergingWindowedKStream<TKey, CogroupedValue>> windowed)
    {
        _streams = streams;
        _windowed = windowed;
    }

    /// <summary>Keeps an aggregate of each key and window.</summary>
    /// <param name="initializer">Gives the aggregate of no record.</param>
    /// <param name="merger">Makes one aggregate of two that belong to one window; the earlier comes first.</param>
    /// <param name="materialized">Store name, serdes, and when results are sent.</param>
    public WindowedKTable<TKey, CogroupedValue, TAggregate> Aggregate(
        Initializer<TAggregate> initializer, Combiner<TAggregate> merger, Materialized<TKey, TAggregate> materialized) =>
        _windowed(_streams.Together(materialized)).Aggregate(initializer, _streams.Add, merger, materialized);
}
