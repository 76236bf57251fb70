namespace UsageStreams.Streams;

/// <summary>How a topic is written.</summary>
public static class Produced
{
    /// <summary>Writes with these serdes, to the partition that murmur2 of the key's bytes gives.</summary>
    public static Produced<TKey, TValue> With<TKey, TValue>(ISerde<TKey> keySerde, ISerde<TValue> valueSerde) => new(keySerde, valueSerde);
}

/// <summary>How a topic is written. Immutable: each <c>With…</c> gives a changed copy.</summary>
public sealed record Produced<TKey, TValue>
{
    internal Produced(ISerde<TKey> keySerde, ISerde<TValue> valueSerde)
    {
        KeySerde = keySerde;
        ValueSerde = valueSerde;
    }

    internal ISerde<TKey> KeySerde { get; }

    internal ISerde<TValue> ValueSerde { get; }

    internal string? Name { get; private init; }

    internal Partitioner<TKey>? Partitioner { get; private init; }

    internal TimeSpan? Watermarks { get; private init; }

    /// <summary>Names the sink; default is <c>to-&lt;topic&gt;</c>.</summary>
    public Produced<TKey, TValue> WithName(string name) => this with { Name = name };

    /// <summary>Chooses the partition. Default: murmur2 of the key's bytes, as Kafka's Java client does; without a key, that of the task.</summary>
    public Produced<TKey, TValue> WithPartitioner(Partitioner<TKey> partitioner) => this with { Partitioner = partitioner };

    /// <summary>Announces the task's stream time to every partition of the topic when it grew by <paramref name="granularity"/>.</summary>
    public Produced<TKey, TValue> WithWatermarks(TimeSpan granularity) => this with { Watermarks = granularity };
}
