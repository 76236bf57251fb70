using UsageStreams.Streams.Internal.Joins;
using UsageStreams.Streams.Internal.Joins.Foreign;
using UsageStreams.Streams.Internal.Tables;

namespace UsageStreams.Streams;

/// <summary>Joins of a table with the value that it points to in another: many left keys may point to one right key.</summary>
/// <remarks>
/// The result has the left table's keys and follows changes of either table. Each left key subscribes to its foreign key in the task that has it; that
/// task answers at once, and again whenever its value changes. An answer carries the number of the subscription it belongs to, so that one that
/// was overtaken by a change of the foreign key is dropped.
/// </remarks>
public static class KTableForeignJoins
{
    /// <summary>Has the left keys whose foreign key is in the right table.</summary>
    public static KTable<TKey, TResult> Join<TKey, TLeft, TForeignKey, TRight, TResult>(
        this KTable<TKey, TLeft> left,
        KTable<TForeignKey, TRight> right,
        ForeignKeySelector<TKey, TLeft, TForeignKey> foreignKey,
        ValueJoiner<TKey, TLeft, TRight, TResult> joiner,
        TableJoined<TKey, TLeft, TForeignKey, TRight> joined)
        where TKey : notnull
        where TForeignKey : notnull => left.Pairs(right, foreignKey, joined).Result(
            joined.Name, static pair => pair.HasRight, (key, pair) => joiner(key, pair.Left!, pair.Right!));

    /// <summary>Has the left keys. One without a foreign key, or whose foreign key is not in the right table, is joined with nothing.</summary>
    public static KTable<TKey, TResult> LeftJoin<TKey, TLeft, TForeignKey, TRight, TResult>(
        this KTable<TKey, TLeft> left,
        KTable<TForeignKey, TRight> right,
        ForeignKeySelector<TKey, TLeft, TForeignKey> foreignKey,
        LeftJoiner<TKey, TLeft, TRight, TResult> joiner,
        TableJoined<TKey, TLeft, TForeignKey, TRight> joined)
        where TKey : notnull
        where TForeignKey : notnull => left.Pairs(right, foreignKey, joined).Result(
            joined.Name, static _ => true, (key, pair) => joiner(key, pair.Left!, pair.Right));

    private static KTable<TKey, ForeignPair<TLeft, TRight>> Pairs<TKey, TLeft, TForeignKey, TRight>(
        this KTable<TKey, TLeft> left,
        KTable<TForeignKey, TRight> right,
        ForeignKeySelector<TKey, TLeft, TForeignKey> foreignKey,
        TableJoined<TKey, TLeft, TForeignKey, TRight> joined)
        where TKey : notnull
        where TForeignKey : notnull
    {
        ProcessedStream<TKey, Answer<TLeft, TRight>> lefts = left.Subscribe<TKey, TLeft, TForeignKey, TRight>(
            foreignKey, joined, out KStream<TForeignKey, Subscription<TKey, TRight>> subscriptions);
        KStream<TForeignKey, Subscription<TKey, TRight>> changes = right.Changes.MapValues(
            $"{joined.Name}-right-changes",
            static (in Record<TForeignKey, Change<TRight>> r) => r.Value.HasNew ? Subscription<TKey, TRight>.Value(r.Value.New!) : Subscription<TKey, TRight>.NoValue);
        KStream<TKey, Answer<TLeft, TRight>> answers = subscriptions.Merge(changes)
            .Repartition(joined.ToForeign(new SubscriptionSerde<TKey, TRight>(joined.KeySerde, joined.RightSerde)))
            .Answer<TKey, TLeft, TForeignKey, TRight>(joined);
        KStream<TKey, Answer<TLeft, TRight>> both = lefts.Merge(answers).Repartition(joined.ToLeft(new AnswerSerde<TLeft, TRight>(joined.LeftSerde, joined.RightSerde)));
        StoreBuilder<TKey, ForeignPair<TLeft, TRight>> store = Stores.KeyValue(
            $"{joined.Name}-pairs", joined.KeySerde, new ForeignPairSerde<TLeft, TRight>(joined.LeftSerde, joined.RightSerde));
        ProcessedStream<TKey, Change<ForeignPair<TLeft, TRight>>> pairs = both.Process(
            store.Name,
            NodeKind.Join,
            () => new FoldProcessor<TKey, Answer<TLeft, TRight>, ForeignPair<TLeft, TRight>>(
                store, static (bool _, ForeignPair<TLeft, TRight>? pair, in Record<TKey, Answer<TLeft, TRight>> record) => ForeignPair<TLeft, TRight>.After(pair, record.Value), EmitStrategy.OnCommit),
            [store],
            []);
        return new KTable<TKey, ForeignPair<TLeft, TRight>>(store.Name, both.Graph, pairs.WithUnchangedKeys(), store);
    }

    private static ProcessedStream<TKey, Answer<TLeft, TRight>> Subscribe<TKey, TLeft, TForeignKey, TRight>(
        this KTable<TKey, TLeft> left,
        ForeignKeySelector<TKey, TLeft, TForeignKey> foreignKey,
        TableJoined<TKey, TLeft, TForeignKey, TRight> joined,
        out KStream<TForeignKey, Subscription<TKey, TRight>> subscriptions)
        where TKey : notnull
        where TForeignKey : notnull
    {
        StoreBuilder<TKey, Subscribed<TForeignKey>> store = Stores.KeyValue(
            $"{joined.Name}-foreign-keys", joined.KeySerde, new SubscribedSerde<TForeignKey>(joined.ForeignKeySerde));
        StoreBuilder<string, long> last = Stores.KeyValue($"{joined.Name}-last-number", Serdes.Utf8, Serdes.Int64);
        var output = new SideOutput<TForeignKey, Subscription<TKey, TRight>>("subscriptions");
        ProcessedStream<TKey, Answer<TLeft, TRight>> lefts = left.Changes.Process(
            store.Name,
            NodeKind.Join,
            () => new SubscribeProcessor<TKey, TLeft, TForeignKey, TRight>(store, last, foreignKey, output),
            [store, last],
            []);
        subscriptions = lefts.SideOutput(output);
        return lefts;
    }

    private static ProcessedStream<TKey, Answer<TLeft, TRight>> Answer<TKey, TLeft, TForeignKey, TRight>(
        this KStream<TForeignKey, Subscription<TKey, TRight>> subscriptions, TableJoined<TKey, TLeft, TForeignKey, TRight> joined)
        where TKey : notnull
        where TForeignKey : notnull
    {
        StoreBuilder<Subscriber<TForeignKey, TKey>, long> subscribers = Stores.KeyValue(
            $"{joined.Name}-subscribers", new SubscriberSerde<TForeignKey, TKey>(joined.ForeignKeySerde, joined.KeySerde), Serdes.Int64);
        StoreBuilder<TForeignKey, TRight> rights = Stores.KeyValue($"{joined.Name}-right", joined.ForeignKeySerde, joined.RightSerde);
        return subscriptions.Process(
            subscribers.Name,
            NodeKind.Join,
            () => new AnswerProcessor<TKey, TLeft, TForeignKey, TRight>(subscribers, rights),
            [subscribers, rights],
            []);
    }

    private static KTable<TKey, TResult> Result<TKey, TLeft, TRight, TResult>(
        this KTable<TKey, ForeignPair<TLeft, TRight>> pairs, string name, Predicate<Pair<TLeft, TRight>> isJoined, Func<TKey, Pair<TLeft, TRight>, TResult> joiner)
        where TKey : notnull => pairs.Then<TResult>(
            $"{name}-result",
            NodeKind.MapValues,
            (in Record<TKey, Change<ForeignPair<TLeft, TRight>>> record, Emitter<TKey, Change<TResult>> emitter) =>
            {
                (Pair<TLeft, TRight>? old, Pair<TLeft, TRight>? now) = (record.Value.Old?.Shown, record.Value.New?.Shown);
                // Nothing is shown differently while an answer is waited for.
                if (ReferenceEquals(old, now))
                    return;
                bool had = old is not null && isJoined(old);
                bool has = now is not null && isJoined(now);
                if (had || has)
                    emitter.Emit(record.Key, new Change<TResult>(had, had ? joiner(record.Key, old!) : default, has, has ? joiner(record.Key, now!) : default));
            });
}
