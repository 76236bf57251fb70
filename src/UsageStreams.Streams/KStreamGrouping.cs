using UsageStreams.Streams.Internal.Tables;

namespace UsageStreams.Streams;

/// <summary>Brings the records of a stream together by key.</summary>
public static class KStreamGrouping
{
    /// <summary>Groups by the present keys, which nothing above may have changed.</summary>
    public static KGroupedStream<TKey, TValue> GroupByKey<TKey, TValue>(this KStream<TKey, TValue> stream)
        where TKey : notnull
    {
        if (stream.IsRekeyed || stream.SubTopologies.Skip(1).Any())
        {
            stream.Graph.Problem(
                $"A stream of sub-topology '{stream.SubTopologies.First().Name}' is grouped by keys that changed above, or after a merge, so that records of one key lie in "
                + "several partitions. Call GroupByKey(Grouped.With(name, keySerde, valueSerde)) to repartition them, or WithUnchangedKeys() where the keys are in fact the same.");
        }

        return new KGroupedStream<TKey, TValue>(stream);
    }

    /// <summary>Groups by the present keys; through a repartition topic when an operator above may have changed them.</summary>
    public static KGroupedStream<TKey, TValue> GroupByKey<TKey, TValue>(this KStream<TKey, TValue> stream, Grouped<TKey, TValue> grouped)
        where TKey : notnull => new(stream.IsRekeyed || stream.SubTopologies.Skip(1).Any() ? stream.Repartition(grouped.Repartitioned) : stream);

    /// <summary>Groups by another key, through a repartition topic.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">Name of the node that selects the key.</param>
    /// <param name="selector">Gives the new key.</param>
    /// <param name="grouped">The repartition topic's name and serdes.</param>
    public static KGroupedStream<TKeyOut, TValue> GroupBy<TKey, TValue, TKeyOut>(
        this KStream<TKey, TValue> stream, string name, RecordSelector<TKey, TValue, TKeyOut> selector, Grouped<TKeyOut, TValue> grouped)
        where TKeyOut : notnull => stream.SelectKey(name, selector).GroupByKey(grouped);

    /// <summary>Takes the last record of each key as a table; a tombstone removes its key. The records must lie in the partition of their key.</summary>
    public static KTable<TKey, TValue> ToTable<TKey, TValue>(this KStream<TKey, TValue> stream, Materialized<TKey, TValue> materialized)
        where TKey : notnull => stream.ToTable(
            materialized, static (in Record<TKey, TValue> record) => record.Value, static (in Record<TKey, TValue> record) => !record.IsTombstone);

    /// <summary>
    /// Lets the first record of each id pass, among those whose event times are less than <paramref name="window"/> apart. The id is looked for in
    /// the task's partition, so equal ids must have equal keys, or keys of one partition.
    /// </summary>
    /// <param name="stream">A stream with event times.</param>
    /// <param name="name">Name of the node and of its store.</param>
    /// <param name="id">Gives a record's id.</param>
    /// <param name="window">How long an id is remembered, in event time. A record that lies longer behind stream time can't be judged: it is late.</param>
    /// <param name="idSerde">Serde of the id, whose type needs value equality.</param>
    public static DeduplicatedStream<TKey, TValue> Deduplicate<TKey, TValue, TId>(
        this KStream<TKey, TValue> stream, string name, RecordSelector<TKey, TValue, TId> id, TimeSpan window, ISerde<TId> idSerde)
        where TId : notnull
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, TimeSpan.FromMilliseconds(1));
        StoreBuilder<TId, long> store = Stores.KeyValue(name, idSerde, Serdes.Int64);
        var late = new SideOutput<TKey, TValue>("late");
        var duplicates = new SideOutput<TKey, TValue>("duplicates");
        ProcessedStream<TKey, TValue> first = stream.Process(
            name, NodeKind.Deduplicate, () => new DeduplicateProcessor<TKey, TValue, TId>(store, id, (long)window.TotalMilliseconds, late, duplicates), [store], []);
        first.Node.NeedsTime = true;
        return new DeduplicatedStream<TKey, TValue>(stream, first, late, duplicates);
    }

    internal static KTable<TKey, TValue> ToTable<TKey, TIn, TValue>(
        this KStream<TKey, TIn> stream, Materialized<TKey, TValue> materialized, ValueMapper<TKey, TIn, TValue?> value, RecordPredicate<TKey, TIn> hasValue)
        where TKey : notnull
    {
        StoreBuilder<TKey, TValue> store = materialized.Store();
        ProcessedStream<TKey, Change<TValue>> changes = stream.GroupByKey().Stream.Process(
            materialized.Name, NodeKind.Aggregate, () => new LastProcessor<TKey, TIn, TValue>(store, value, hasValue, materialized.Emit), [store], []);
        return new KTable<TKey, TValue>(materialized.Name, stream.Graph, changes.WithUnchangedKeys(), store);
    }
}
