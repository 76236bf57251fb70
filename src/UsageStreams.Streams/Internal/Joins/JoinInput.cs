namespace UsageStreams.Streams.Internal.Joins;

/// <summary>Brings two sides into one sub-topology: where they are, if they lie together, or through a repartition topic.</summary>
internal static class JoinInput
{
    public static KStream<TKey, Either<TLeft, TRight>> Of<TKey, TLeft, TRight>(
        KStream<TKey, Either<TLeft, TRight>> left, KStream<TKey, Either<TLeft, TRight>> right, Joined<TKey, TLeft, TRight> joined)
        where TKey : notnull
    {
        KStream<TKey, Either<TLeft, TRight>> both = left.Merge(right);
        if (!both.IsRekeyed && !both.SubTopologies.Skip(1).Any())
            return both;
        Repartitioned<TKey, Either<TLeft, TRight>> repartitioned = Repartitioned.With(
            joined.Name, joined.KeySerde, new EitherSerde<TLeft, TRight>(joined.LeftSerde, joined.RightSerde));
        if (joined.Partitioner is not null)
            repartitioned = repartitioned.WithPartitioner(joined.Partitioner);
        if (joined.Partitions is { } partitions)
            repartitioned = repartitioned.WithPartitions(partitions);
        return both.Repartition(repartitioned);
    }
}
