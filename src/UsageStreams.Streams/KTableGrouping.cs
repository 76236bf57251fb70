using UsageStreams.Streams.Internal.Tables;

namespace UsageStreams.Streams;

/// <summary>Takes a value out of what several values of a group were put together to; null when nothing is left.</summary>
/// <param name="all">What was put together.</param>
/// <param name="old">A value that was added before.</param>
public delegate TValue? Subtractor<TValue>(TValue all, TValue old);

/// <summary>Brings the values of a table together by another key.</summary>
public static class KTableGrouping
{
    /// <summary>
    /// Groups a table by another key, through a repartition topic of its changes: the value that a key had is sent to its former group, the one that it has
    /// to its new group.
    /// </summary>
    /// <param name="table">
    /// A table that knows the value a key had before: one that is computed here. A table of a topic, also behind filters and maps, is kept in a store first:
    /// <see cref="KTable{TKey, TValue}.Materialize"/>.
    /// </param>
    /// <param name="name">Name of the node that selects key and value.</param>
    /// <param name="selector">Gives group and value of a table's record; a pure function, which is applied to old and new values.</param>
    /// <param name="grouped">The repartition topic's name and serdes.</param>
    public static KGroupedTable<TKeyOut, TValueOut> GroupBy<TKey, TValue, TKeyOut, TValueOut>(
        this KTable<TKey, TValue> table, string name, RecordMapper<TKey, TValue, TKeyOut, TValueOut> selector, Grouped<TKeyOut, TValueOut> grouped)
        where TKey : notnull
        where TKeyOut : notnull
    {
        if (!table.KnowsOldValues)
        {
            table.Graph.Problem(
                $"Table '{table.Name}' is grouped by '{name}', and does not know which value a key had before, which its former group has to lose. "
                + "Keep it first: Materialize(Materialized.As(name, keySerde, valueSerde)).");
        }

        if (grouped.Repartitioned.Combiner is not null)
            table.Graph.Problem($"Table '{table.Name}' is grouped by '{name}' with a combiner, and a change tells what to add and what to take out. Leave WithCombiner(…) away.");
        return new KGroupedTable<TKeyOut, TValueOut>(table.Changes.FlatMap<TKeyOut, Change<TValueOut>>(
            name,
            (in Record<TKey, Change<TValue>> record, Emitter<TKeyOut, Change<TValueOut>> emitter) => Regroup(in record, selector, emitter))
            .Repartition(grouped.OfChanges()));
    }

    private static void Regroup<TKey, TValue, TKeyOut, TValueOut>(
        in Record<TKey, Change<TValue>> record, RecordMapper<TKey, TValue, TKeyOut, TValueOut> selector, Emitter<TKeyOut, Change<TValueOut>> emitter)
        where TKeyOut : notnull
    {
        Change<TValue> change = record.Value;
        Record<TKeyOut, TValueOut> old = change.HadOld ? selector(record.WithValue(change.Old!)) : default;
        Record<TKeyOut, TValueOut> now = change.HasNew ? selector(record.WithValue(change.New!)) : default;
        if (change.HadOld && change.HasNew && EqualityComparer<TKeyOut>.Default.Equals(old.Key, now.Key))
        {
            emitter.Emit(now.Key, new Change<TValueOut>(HadOld: true, old.Value, HasNew: true, now.Value));
            return;
        }

        if (change.HadOld)
            emitter.Emit(old.Key, new Change<TValueOut>(HadOld: true, old.Value, HasNew: false, default));
        if (change.HasNew)
            emitter.Emit(now.Key, new Change<TValueOut>(HadOld: false, default, HasNew: true, now.Value));
    }
}
