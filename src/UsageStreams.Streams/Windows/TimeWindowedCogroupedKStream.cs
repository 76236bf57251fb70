namespace UsageStreams.Streams.Windows;

/// <summary>Several grouped streams that are aggregated together by window of time.</summary>
public sealed class TimeWindowedCogroupedKStream<TKey, TAggregate>
    where TKey : notnull
{
    private readonly CogroupedKStream<TKey, TAggregate> _streams;
    private readonly TimeWindows _windows;

    internal TimeWindowedCogroupedKStream(CogroupedKStream<TKey, TAggregate> streams, TimeWindows windows)
    {
        _streams = streams;
        _windows = windows;
    }

    /// <summary>Keeps an aggregate of each key and window.</summary>
    /// <param name="initializer">Gives the aggregate of no record.</param>
    /// <param name="materialized">Store name, serdes, and when results are sent.</param>
    public WindowedKTable<TKey, CogroupedValue, TAggregate> Aggregate(Initializer<TAggregate> initializer, Materialized<TKey, TAggregate> materialized) =>
        _streams.Together(materialized).WindowedBy(_windows).Aggregate(initializer, _streams.Add, materialized);
}
