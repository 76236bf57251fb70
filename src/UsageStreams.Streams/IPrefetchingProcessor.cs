namespace UsageStreams.Streams;

/// <summary>
/// A processor that says ahead of time which keys it will look up. A table with many keys lies in memory that takes a hundred times as long to answer as the
/// processor's cache; asked for a few records ahead, it answers while those before are processed. Implemented beside <see cref="IProcessor{TKeyIn, TValueIn, TKeyOut, TValueOut}"/>.
/// </summary>
/// <typeparam name="TKeyIn">Key of what comes in.</typeparam>
/// <typeparam name="TValueIn">Value of what comes in.</typeparam>
public interface IPrefetchingProcessor<TKeyIn, TValueIn>
{
    /// <summary>
    /// Called for a record that may come soon, after <c>Init</c>: calls <see cref="KeyValueStore{TKey, TValue}.Prefetch"/> of stores,
    /// <see cref="TableView{TKey, TValue}.Prefetch"/> of tables and <see cref="ProcessorContext{TKey, TValue}.Prefetch"/>, and changes nothing. The record may be another by then,
    /// may come twice or never: a filter above has not been asked yet. What it throws is logged, and from there on the task asks no keys ahead.
    /// </summary>
    void Prefetch(in Record<TKeyIn, TValueIn> record);
}
