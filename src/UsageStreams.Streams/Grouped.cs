using UsageStreams.Streams.Internal.Tables;

namespace UsageStreams.Streams;

/// <summary>How records are brought together by key.</summary>
public static class Grouped
{
    /// <summary>Sends records whose keys changed through the repartition topic of this name.</summary>
    /// <param name="name">Name of the repartition topic, and of the sub-topology that reads it; it survives upgrades.</param>
    /// <param name="keySerde">Key serde.</param>
    /// <param name="valueSerde">Value serde.</param>
    public static Grouped<TKey, TValue> With<TKey, TValue>(string name, ISerde<TKey> keySerde, ISerde<TValue> valueSerde) =>
        new(Streams.Repartitioned.With(name, keySerde, valueSerde));
}

/// <summary>How records are brought together by key. Immutable: each <c>With…</c> gives a changed copy.</summary>
public sealed record Grouped<TKey, TValue>
{
    internal Grouped(Repartitioned<TKey, TValue> repartitioned) => Repartitioned = repartitioned;

    internal Repartitioned<TKey, TValue> Repartitioned { get; private init; }

    /// <summary>
    /// Combines records of one key before they are sent, one per key and commit. It must give what the aggregate below would have given of the
    /// single records; for a count it does not, for a sum it does.
    /// </summary>
    public Grouped<TKey, TValue> WithCombiner(Combiner<TValue> combiner) => this with { Repartitioned = Repartitioned.WithCombiner(combiner) };

    /// <summary>Number of partitions of the repartition topic when it is created; default is that of the input.</summary>
    public Grouped<TKey, TValue> WithPartitions(int partitions) => this with { Repartitioned = Repartitioned.WithPartitions(partitions) };

    /// <summary>Chooses the partition; default is murmur2 of the key's bytes.</summary>
    public Grouped<TKey, TValue> WithPartitioner(Partitioner<TKey> partitioner) => this with { Repartitioned = Repartitioned.WithPartitioner(partitioner) };

    /// <summary>The same topic for the changes of a table. One of them can't be put together with the next: both tell what was before.</summary>
    internal Repartitioned<TKey, Change<TValue>> OfChanges()
    {
        var changes = Streams.Repartitioned.With(Repartitioned.Name, Repartitioned.KeySerde, new ChangeSerde<TValue>(Repartitioned.ValueSerde));
        if (Repartitioned.Partitioner is not null)
            changes = changes.WithPartitioner(Repartitioned.Partitioner);
        return Repartitioned.Partitions is { } partitions ? changes.WithPartitions(partitions) : changes;
    }
}
