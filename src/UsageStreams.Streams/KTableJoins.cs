using UsageStreams.Streams.Internal.Joins;
using UsageStreams.Streams.Internal.Tables;

namespace UsageStreams.Streams;

/// <summary>Joins of two tables: a table again, whose value of a key changes when one of the two does.</summary>
public static class KTableJoins
{
    /// <summary>Has the keys that both tables have.</summary>
    public static KTable<TKey, TResult> Join<TKey, TLeft, TRight, TResult>(
        this KTable<TKey, TLeft> left, KTable<TKey, TRight> right, ValueJoiner<TKey, TLeft, TRight, TResult> joiner, Joined<TKey, TLeft, TRight> joined)
        where TKey : notnull => left.Pairs(right, joined).Result(
            joined.Name, static pair => pair.HasLeft && pair.HasRight, (key, l, r) => joiner(key, l!, r!));

    /// <summary>Has the keys of the left table.</summary>
    public static KTable<TKey, TResult> LeftJoin<TKey, TLeft, TRight, TResult>(
        this KTable<TKey, TLeft> left, KTable<TKey, TRight> right, LeftJoiner<TKey, TLeft, TRight, TResult> joiner, Joined<TKey, TLeft, TRight> joined)
        where TKey : notnull => left.Pairs(right, joined).Result(
            joined.Name, static pair => pair.HasLeft, (key, l, r) => joiner(key, l!, r));

    /// <summary>Has the keys of either table.</summary>
    public static KTable<TKey, TResult> OuterJoin<TKey, TLeft, TRight, TResult>(
        this KTable<TKey, TLeft> left, KTable<TKey, TRight> right, OuterJoiner<TKey, TLeft, TRight, TResult> joiner, Joined<TKey, TLeft, TRight> joined)
        where TKey : notnull => left.Pairs(right, joined).Result(
            joined.Name, static pair => pair.HasLeft || pair.HasRight, joiner);

    /// <summary>Both tables' values of each key, kept in one store.</summary>
    private static KTable<TKey, Pair<TLeft, TRight>> Pairs<TKey, TLeft, TRight>(
        this KTable<TKey, TLeft> left, KTable<TKey, TRight> right, Joined<TKey, TLeft, TRight> joined)
        where TKey : notnull
    {
        KStream<TKey, Either<TLeft, TRight>> lefts = left.Changes.MapValues(
            $"{joined.Name}-left",
            static (in Record<TKey, Change<TLeft>> r) => r.Value.HasNew ? Either<TLeft, TRight>.OfLeft(r.Value.New!) : Either<TLeft, TRight>.Removed(left: true));
        KStream<TKey, Either<TLeft, TRight>> rights = right.Changes.MapValues(
            $"{joined.Name}-right",
            static (in Record<TKey, Change<TRight>> r) => r.Value.HasNew ? Either<TLeft, TRight>.OfRight(r.Value.New!) : Either<TLeft, TRight>.Removed(left: false));
        KStream<TKey, Either<TLeft, TRight>> both = JoinInput.Of(lefts, rights, joined);
        StoreBuilder<TKey, Pair<TLeft, TRight>> store = Stores.KeyValue(
            $"{joined.Name}-pairs", joined.KeySerde, new PairSerde<TLeft, TRight>(joined.LeftSerde, joined.RightSerde));
        ProcessedStream<TKey, Change<Pair<TLeft, TRight>>> changes = both.Process(
            store.Name,
            NodeKind.Join,
            () => new FoldProcessor<TKey, Either<TLeft, TRight>, Pair<TLeft, TRight>>(
                store, static (bool _, Pair<TLeft, TRight>? pair, in Record<TKey, Either<TLeft, TRight>> record) => Pair<TLeft, TRight>.After(pair, record.Value), EmitStrategy.OnCommit),
            [store],
            []);
        return new KTable<TKey, Pair<TLeft, TRight>>(store.Name, both.Graph, changes.WithUnchangedKeys(), store);
    }

    private static KTable<TKey, TResult> Result<TKey, TLeft, TRight, TResult>(
        this KTable<TKey, Pair<TLeft, TRight>> pairs, string name, Predicate<Pair<TLeft, TRight>> isJoined, OuterJoiner<TKey, TLeft, TRight, TResult> joiner)
        where TKey : notnull => pairs.Then<TResult>(
            $"{name}-result",
            NodeKind.MapValues,
            (in Record<TKey, Change<Pair<TLeft, TRight>>> record, Emitter<TKey, Change<TResult>> emitter) =>
            {
                (_, Pair<TLeft, TRight>? old, _, Pair<TLeft, TRight>? now) = record.Value;
                bool had = old is not null && isJoined(old);
                bool has = now is not null && isJoined(now);
                if (had || has)
                {
                    emitter.Emit(record.Key, new Change<TResult>(
                        had, had ? joiner(record.Key, old!.Left, old.Right) : default, has, has ? joiner(record.Key, now!.Left, now.Right) : default));
                }
            });
}
