using UsageStreams.Streams.Internal.Joins;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams;

/// <summary>Joins of two streams: pairs of records of one key whose event times lie near each other.</summary>
/// <remarks>
/// A pair is sent when its second record comes, with the later event time and that record's headers. A record that stays alone is sent once, by a left
/// or outer join, when its window is closed: with its own event time, and no headers. Nothing is sent that has to be taken back.
/// </remarks>
public static class KStreamJoins
{
    /// <summary>Sends each pair.</summary>
    public static JoinedStream<TKey, TLeft, TRight, TResult> Join<TKey, TLeft, TRight, TResult>(
        this KStream<TKey, TLeft> left,
        KStream<TKey, TRight> right,
        ValueJoiner<TKey, TLeft, TRight, TResult> joiner,
        JoinWindows windows,
        Joined<TKey, TLeft, TRight> joined)
        where TKey : notnull => left.Join(right, (key, l, r) => joiner(key, l!, r!), new JoinBounds(windows, KeepsLeft: false, KeepsRight: false), joined);

    /// <summary>Sends each pair, and left records that stayed alone.</summary>
    public static JoinedStream<TKey, TLeft, TRight, TResult> LeftJoin<TKey, TLeft, TRight, TResult>(
        this KStream<TKey, TLeft> left,
        KStream<TKey, TRight> right,
        LeftJoiner<TKey, TLeft, TRight, TResult> joiner,
        JoinWindows windows,
        Joined<TKey, TLeft, TRight> joined)
        where TKey : notnull => left.Join(right, (key, l, r) => joiner(key, l!, r), new JoinBounds(windows, KeepsLeft: true, KeepsRight: false), joined);

    /// <summary>Sends each pair, and records of either side that stayed alone.</summary>
    public static JoinedStream<TKey, TLeft, TRight, TResult> OuterJoin<TKey, TLeft, TRight, TResult>(
        this KStream<TKey, TLeft> left,
        KStream<TKey, TRight> right,
        OuterJoiner<TKey, TLeft, TRight, TResult> joiner,
        JoinWindows windows,
        Joined<TKey, TLeft, TRight> joined)
        where TKey : notnull => left.Join(right, joiner, new JoinBounds(windows, KeepsLeft: true, KeepsRight: true), joined);

    private static JoinedStream<TKey, TLeft, TRight, TResult> Join<TKey, TLeft, TRight, TResult>(
        this KStream<TKey, TLeft> left,
        KStream<TKey, TRight> right,
        OuterJoiner<TKey, TLeft, TRight, TResult> joiner,
        JoinBounds bounds,
        Joined<TKey, TLeft, TRight> joined)
        where TKey : notnull
    {
        KStream<TKey, Either<TLeft, TRight>> both = JoinInput.Of(
            left.MapValues($"{joined.Name}-left", static (in Record<TKey, TLeft> record) => Either<TLeft, TRight>.OfLeft(record.Value)),
            right.MapValues($"{joined.Name}-right", static (in Record<TKey, TRight> record) => Either<TLeft, TRight>.OfRight(record.Value)),
            joined);
        StoreBuilder<BufferKey<TKey>, Buffered<TLeft, TRight>> store = Stores.KeyValue(
            $"{joined.Name}-buffer", new BufferKeySerde<TKey>(joined.KeySerde), new BufferedSerde<TLeft, TRight>(joined.LeftSerde, joined.RightSerde));
        var lateLeft = new SideOutput<TKey, TLeft>("late-left");
        var lateRight = new SideOutput<TKey, TRight>("late-right");
        ProcessedStream<TKey, TResult> pairs = both.Process(
            store.Name,
            NodeKind.Join,
            () => new StreamJoinProcessor<TKey, TLeft, TRight, TResult>(store, bounds, joiner, lateLeft, lateRight),
            [store],
            []);
        return new JoinedStream<TKey, TLeft, TRight, TResult>(pairs, lateLeft, lateRight);
    }
}
