using UsageStreams.Streams.Internal.Graph;
using UsageStreams.Streams.Internal.Tables;

namespace UsageStreams.Streams.Windows;

/// <summary>A table with one value per key and window. A window's values are forgotten when it is closed, which is no change of the table.</summary>
/// <typeparam name="TKey">Key of the records.</typeparam>
/// <typeparam name="TValue">Value of the records.</typeparam>
/// <typeparam name="TAggregate">Value of the table.</typeparam>
public sealed class WindowedKTable<TKey, TValue, TAggregate> : KTable<Windowed<TKey>, TAggregate>
    where TKey : notnull
{
    internal WindowedKTable(
        string name,
        GraphBuilder graph,
        ProcessedStream<Windowed<TKey>, Change<TAggregate>> changes,
        StoreBuilder<Windowed<TKey>, TAggregate>? store,
        SideOutput<Windowed<TKey>, TValue> late)
        : base(name, graph, changes.WithUnchangedKeys(), store)
    {
        changes.Node.NeedsTime = true;
        KnowsOldValues = store is not null;
        Late = changes.Mandatory(late, "records whose window is closed");
    }

    /// <summary>
    /// Records that came after a window of theirs was closed: one for each such window, which is the key. They are part of no result, so that results
    /// and late records together are all there were. Must be connected.
    /// </summary>
    public KStream<Windowed<TKey>, TValue> Late { get; }
}
