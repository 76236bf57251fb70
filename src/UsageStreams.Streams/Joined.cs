namespace UsageStreams.Streams;

/// <summary>Makes one value of two. Called for inner joins: both are there.</summary>
public delegate TResult ValueJoiner<in TKey, in TLeft, in TRight, out TResult>(TKey key, TLeft left, TRight right);

/// <summary>Makes one value of two. The right one is null, or its type's default, when there is none.</summary>
public delegate TResult LeftJoiner<in TKey, in TLeft, in TRight, out TResult>(TKey key, TLeft left, TRight? right);

/// <summary>Makes one value of two. One of them is null, or its type's default, when there is none.</summary>
public delegate TResult OuterJoiner<in TKey, in TLeft, in TRight, out TResult>(TKey key, TLeft? left, TRight? right);

/// <summary>How two streams or tables are brought together.</summary>
public static class Joined
{
    /// <summary>Names a join and says how its two sides are written.</summary>
    /// <param name="name">
    /// Name of the join, of its repartition topic and of its store (<c>&lt;name&gt;-buffer</c> or <c>&lt;name&gt;-pairs</c>); it survives upgrades.
    /// </param>
    /// <param name="keySerde">Serde of the keys, whose type needs value equality.</param>
    /// <param name="leftSerde">Serde of the left values.</param>
    /// <param name="rightSerde">Serde of the right values.</param>
    public static Joined<TKey, TLeft, TRight> With<TKey, TLeft, TRight>(string name, ISerde<TKey> keySerde, ISerde<TLeft> leftSerde, ISerde<TRight> rightSerde)
        where TKey : notnull => new(name, keySerde, leftSerde, rightSerde);
}

/// <summary>How two streams or tables are brought together. Immutable: each <c>With…</c> gives a changed copy.</summary>
/// <remarks>
/// A task reads one partition, so that two sides of different sub-topologies, or with changed keys, are first written to one repartition topic.
/// Their topics need not have the same number of partitions. Sides of one sub-topology whose keys did not change are joined where they are.
/// </remarks>
public sealed record Joined<TKey, TLeft, TRight>
    where TKey : notnull
{
    internal Joined(string name, ISerde<TKey> keySerde, ISerde<TLeft> leftSerde, ISerde<TRight> rightSerde)
    {
        Name = name;
        KeySerde = keySerde;
        LeftSerde = leftSerde;
        RightSerde = rightSerde;
    }

    internal string Name { get; }

    internal ISerde<TKey> KeySerde { get; }

    internal ISerde<TLeft> LeftSerde { get; }

    internal ISerde<TRight> RightSerde { get; }

    internal Partitioner<TKey>? Partitioner { get; private init; }

    internal int? Partitions { get; private init; }

    /// <summary>Chooses the partition of the repartition topic; default is murmur2 of the key's bytes.</summary>
    public Joined<TKey, TLeft, TRight> WithPartitioner(Partitioner<TKey> partitioner) => this with { Partitioner = partitioner };

    /// <summary>Number of partitions of the repartition topic when it is created; default is the largest of the two sides.</summary>
    public Joined<TKey, TLeft, TRight> WithPartitions(int partitions) => this with { Partitions = partitions };
}
