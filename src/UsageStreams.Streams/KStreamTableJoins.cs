using UsageStreams.Streams.Internal.Joins;

namespace UsageStreams.Streams;

/// <summary>Joins of a stream with a table that is a side input: each record looks the table up when it is processed.</summary>
/// <remarks>
/// A change of the table makes no output by itself. How far the table was read at that moment depends on when its records came: for results that
/// do not, keep versions (<see cref="Consumed{TKey, TValue}.WithVersions"/>), and each record finds the value that was valid at its event time.
/// </remarks>
public static class KStreamTableJoins
{
    /// <summary>Joins with the table's value of the record's key; a record whose key is not in the table goes no further.</summary>
    /// <param name="stream">The stream, whose records lie in the partition of their key.</param>
    /// <param name="name">Name of the node.</param>
    /// <param name="table">
    /// A table of a topic with as many partitions as the stream, partitioned alike (the start checks the numbers), or one kept in a store of the same sub-topology.
    /// </param>
    /// <param name="joiner">Makes the new value.</param>
    public static KStream<TKey, TResult> Join<TKey, TValue, TTableValue, TResult>(
        this KStream<TKey, TValue> stream, string name, KTable<TKey, TTableValue> table, ValueJoiner<TKey, TValue, TTableValue, TResult> joiner)
        where TKey : notnull => stream.Lookup(name, table, (key, left, right) => joiner(key, left, right!), isLeft: false);

    /// <summary>As <see cref="Join{TKey, TValue, TTableValue, TResult}"/>, and a record whose key is not in the table is joined with nothing.</summary>
    public static KStream<TKey, TResult> LeftJoin<TKey, TValue, TTableValue, TResult>(
        this KStream<TKey, TValue> stream, string name, KTable<TKey, TTableValue> table, LeftJoiner<TKey, TValue, TTableValue, TResult> joiner)
        where TKey : notnull => stream.Lookup(name, table, joiner, isLeft: true);

    /// <summary>Joins with a global table's value of any key that the record tells; a record whose key is not there goes no further.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">Name of the node.</param>
    /// <param name="table">The table, whole on every instance: the stream may be partitioned by anything.</param>
    /// <param name="tableKey">Gives the key to look for.</param>
    /// <param name="joiner">Makes the new value; gets the stream's key.</param>
    public static KStream<TKey, TResult> Join<TKey, TValue, TTableKey, TTableValue, TResult>(
        this KStream<TKey, TValue> stream,
        string name,
        GlobalKTable<TTableKey, TTableValue> table,
        RecordSelector<TKey, TValue, TTableKey> tableKey,
        ValueJoiner<TKey, TValue, TTableValue, TResult> joiner)
        where TTableKey : notnull => stream.Lookup(name, table, tableKey, (key, left, right) => joiner(key, left, right!), isLeft: false);

    /// <summary>As the inner join with a global table, and a record whose key is not there is joined with nothing.</summary>
    public static KStream<TKey, TResult> LeftJoin<TKey, TValue, TTableKey, TTableValue, TResult>(
        this KStream<TKey, TValue> stream,
        string name,
        GlobalKTable<TTableKey, TTableValue> table,
        RecordSelector<TKey, TValue, TTableKey> tableKey,
        LeftJoiner<TKey, TValue, TTableValue, TResult> joiner)
        where TTableKey : notnull => stream.Lookup(name, table, tableKey, joiner, isLeft: true);

    private static KStream<TKey, TResult> Lookup<TKey, TValue, TTableValue, TResult>(
        this KStream<TKey, TValue> stream, string name, KTable<TKey, TTableValue> table, LeftJoiner<TKey, TValue, TTableValue, TResult> joiner, bool isLeft)
        where TKey : notnull => stream.Process(
            name,
            NodeKind.Join,
            () => new LookupProcessor<TKey, TValue, TKey, TTableValue, TResult>(
                context => table.Side is null ? new(null, context.GetStore(table.Store!)) : new(context.GetTable(table), null),
                static (in Record<TKey, TValue> record) => record.Key,
                joiner,
                isLeft),
            [],
            [table]).WithKeys(stream.IsRekeyed);

    private static KStream<TKey, TResult> Lookup<TKey, TValue, TTableKey, TTableValue, TResult>(
        this KStream<TKey, TValue> stream,
        string name,
        GlobalKTable<TTableKey, TTableValue> table,
        RecordSelector<TKey, TValue, TTableKey> tableKey,
        LeftJoiner<TKey, TValue, TTableValue, TResult> joiner,
        bool isLeft)
        where TTableKey : notnull => stream.Process(
            name,
            NodeKind.Join,
            () => new LookupProcessor<TKey, TValue, TTableKey, TTableValue, TResult>(context => new(context.GetTable(table), null), tableKey, joiner, isLeft),
            [],
            []).WithKeys(stream.IsRekeyed);
}
