namespace UsageStreams.Streams;

/// <summary>Gives the key of the other table that a value points to; null when it points to none.</summary>
/// <remarks>A pure function. To say "none", the foreign key is a reference type, such as text.</remarks>
public delegate TForeignKey? ForeignKeySelector<in TKey, in TValue, out TForeignKey>(TKey key, TValue value);

/// <summary>How two tables are joined by a foreign key.</summary>
public static class TableJoined
{
    /// <summary>Names a join by foreign key and says how its two sides are written.</summary>
    /// <param name="name">
    /// Name of the join, of its repartition topics (<c>&lt;name&gt;</c> and <c>&lt;name&gt;-foreign</c>) and of its stores, which begin with it; it survives upgrades.
    /// </param>
    /// <param name="keySerde">Serde of the left table's keys, whose type needs value equality.</param>
    /// <param name="leftSerde">Serde of the left table's values.</param>
    /// <param name="foreignKeySerde">Serde of the right table's keys, whose type needs value equality.</param>
    /// <param name="rightSerde">Serde of the right table's values.</param>
    public static TableJoined<TKey, TLeft, TForeignKey, TRight> With<TKey, TLeft, TForeignKey, TRight>(
        string name, ISerde<TKey> keySerde, ISerde<TLeft> leftSerde, ISerde<TForeignKey> foreignKeySerde, ISerde<TRight> rightSerde)
        where TKey : notnull
        where TForeignKey : notnull => new(name, keySerde, leftSerde, foreignKeySerde, rightSerde);
}

/// <summary>How two tables are joined by a foreign key. Immutable: each <c>With…</c> gives a changed copy.</summary>
public sealed record TableJoined<TKey, TLeft, TForeignKey, TRight>
    where TKey : notnull
    where TForeignKey : notnull
{
    internal TableJoined(string name, ISerde<TKey> keySerde, ISerde<TLeft> leftSerde, ISerde<TForeignKey> foreignKeySerde, ISerde<TRight> rightSerde)
    {
        Name = name;
        KeySerde = keySerde;
        LeftSerde = leftSerde;
        ForeignKeySerde = foreignKeySerde;
        RightSerde = rightSerde;
    }

    internal string Name { get; }

    internal ISerde<TKey> KeySerde { get; }

    internal ISerde<TLeft> LeftSerde { get; }

    internal ISerde<TForeignKey> ForeignKeySerde { get; }

    internal ISerde<TRight> RightSerde { get; }

    internal Partitioner<TKey>? Partitioner { get; private init; }

    internal Partitioner<TForeignKey>? ForeignPartitioner { get; private init; }

    internal int? Partitions { get; private init; }

    /// <summary>Chooses the partition of a left key, and so of the result; default is murmur2 of the key's bytes.</summary>
    public TableJoined<TKey, TLeft, TForeignKey, TRight> WithPartitioner(Partitioner<TKey> partitioner) => this with { Partitioner = partitioner };

    /// <summary>Chooses the partition in which a foreign key's values are brought together; default is murmur2 of its bytes.</summary>
    public TableJoined<TKey, TLeft, TForeignKey, TRight> WithForeignPartitioner(Partitioner<TForeignKey> partitioner) => this with { ForeignPartitioner = partitioner };

    /// <summary>Number of partitions of both repartition topics when they are created; default is the largest of the inputs.</summary>
    public TableJoined<TKey, TLeft, TForeignKey, TRight> WithPartitions(int partitions) => this with { Partitions = partitions };

    internal Repartitioned<TForeignKey, TMessage> ToForeign<TMessage>(ISerde<TMessage> serde) =>
        Sized(Repartitioned.With($"{Name}-foreign", ForeignKeySerde, serde), ForeignPartitioner);

    internal Repartitioned<TKey, TMessage> ToLeft<TMessage>(ISerde<TMessage> serde) => Sized(Repartitioned.With(Name, KeySerde, serde), Partitioner);

    private Repartitioned<TOf, TMessage> Sized<TOf, TMessage>(Repartitioned<TOf, TMessage> repartitioned, Partitioner<TOf>? partitioner)
    {
        if (partitioner is not null)
            repartitioned = repartitioned.WithPartitioner(partitioner);
        return Partitions is { } partitions ? repartitioned.WithPartitions(partitions) : repartitioned;
    }
}
