namespace UsageStreams.Streams;

/// <summary>How records are sent from one sub-topology to the next by a topic of our own.</summary>
public static class Repartitioned
{
    /// <summary>Sends through the topic <c>&lt;application&gt;-&lt;name&gt;-repartition</c>; the sub-topology that reads it has this name.</summary>
    public static Repartitioned<TKey, TValue> With<TKey, TValue>(string name, ISerde<TKey> keySerde, ISerde<TValue> valueSerde) => new(name, keySerde, valueSerde);
}

/// <summary>How records are repartitioned. Immutable: each <c>With…</c> gives a changed copy.</summary>
public sealed record Repartitioned<TKey, TValue>
{
    internal Repartitioned(string name, ISerde<TKey> keySerde, ISerde<TValue> valueSerde)
    {
        Name = name;
        KeySerde = keySerde;
        ValueSerde = valueSerde;
    }

    internal string Name { get; }

    internal ISerde<TKey> KeySerde { get; }

    internal ISerde<TValue> ValueSerde { get; }

    internal Partitioner<TKey>? Partitioner { get; private init; }

    internal Combiner<TValue>? Combiner { get; private init; }

    internal TimeSpan Watermarks { get; private init; } = TimeSpan.FromSeconds(1);

    internal int? Partitions { get; private init; }

    /// <summary>Chooses the partition. Default: murmur2 of the key's bytes.</summary>
    public Repartitioned<TKey, TValue> WithPartitioner(Partitioner<TKey> partitioner) => this with { Partitioner = partitioner };

    /// <summary>
    /// Sends one record per key and commit, made of all records of that key since the last one. It has the largest event time and the
    /// headers of the last. The key type needs value equality.
    /// </summary>
    public Repartitioned<TKey, TValue> WithCombiner(Combiner<TValue> combiner) => this with { Combiner = combiner };

    /// <summary>
    /// How much stream time must grow to be announced; default 1 second. What is left is announced when the task falls idle.
    /// </summary>
    public Repartitioned<TKey, TValue> WithWatermarks(TimeSpan granularity) => this with { Watermarks = granularity };

    /// <summary>Number of partitions when the topic is created; default is the largest of the sub-topologies that write it.</summary>
    public Repartitioned<TKey, TValue> WithPartitions(int partitions) => this with { Partitions = partitions };
}
