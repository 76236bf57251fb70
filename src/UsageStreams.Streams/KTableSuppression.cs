using UsageStreams.Streams.Internal.Tables;

namespace UsageStreams.Streams;

/// <summary>Holds back changes of a table.</summary>
public static class KTableSuppression
{
    /// <summary>
    /// Sends on one change for several: from the value before the first to the value after the last. What was held back is kept in a store, so that it is
    /// sent once, whatever fails. Of windows take the final results by <see cref="EmitStrategy.OnWindowClose"/> instead.
    /// </summary>
    /// <remarks>
    /// A change has the largest event time of those it stands for, and no headers. A key that came and went meanwhile is no change.
    /// The table must have stream time.
    /// </remarks>
    public static KTable<TKey, TValue> Suppress<TKey, TValue>(this KTable<TKey, TValue> table, Suppressed<TKey, TValue> suppressed)
        where TKey : notnull
    {
        StoreBuilder<TKey, HeldChange<TValue>> store = Stores.KeyValue(suppressed.Name, suppressed.KeySerde, new HeldChangeSerde<TValue>(suppressed.ValueSerde));
        ProcessedStream<TKey, Change<TValue>> changes = table.Changes.Process(
            suppressed.Name, NodeKind.Suppress, () => new SuppressProcessor<TKey, TValue>(store, suppressed.Limit, suppressed.MaxKeys), [store], []);
        changes.Node.NeedsTime = true;
        return new KTable<TKey, TValue>(suppressed.Name, table.Graph, changes.WithUnchangedKeys(), null) { KnowsOldValues = table.KnowsOldValues };
    }
}
