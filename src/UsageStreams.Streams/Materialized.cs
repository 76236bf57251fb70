namespace UsageStreams.Streams;

/// <summary>How a table is kept.</summary>
public static class Materialized
{
    /// <summary>Keeps the table in a store of this name, which is the name of the node as well.</summary>
    /// <param name="name">Name, unique in the topology; it survives upgrades, because the changelog is named by it.</param>
    /// <param name="keySerde">Key serde. The key type needs value equality.</param>
    /// <param name="valueSerde">Value serde.</param>
    public static Materialized<TKey, TValue> As<TKey, TValue>(string name, ISerde<TKey> keySerde, ISerde<TValue> valueSerde)
        where TKey : notnull => new(name, keySerde, valueSerde);
}

/// <summary>How a table is kept, and when it sends its changes on. Immutable: each <c>With…</c> gives a changed copy.</summary>
public sealed record Materialized<TKey, TValue>
    where TKey : notnull
{
    internal Materialized(string name, ISerde<TKey> keySerde, ISerde<TValue> valueSerde)
    {
        Name = name;
        KeySerde = keySerde;
        ValueSerde = valueSerde;
    }

    internal string Name { get; }

    internal ISerde<TKey> KeySerde { get; }

    internal ISerde<TValue> ValueSerde { get; }

    internal string? Changelog { get; private init; }

    internal EmitStrategy Emit { get; private init; }

    internal bool IsOnDisk { get; private init; }

    /// <summary>Makes a public, compacted topic the store's changelog. It must exist, with as many partitions as the input.</summary>
    public Materialized<TKey, TValue> WithChangelog(string topic) => this with { Changelog = topic };

    /// <summary>When changes are sent on; default <see cref="EmitStrategy.OnCommit"/>.</summary>
    public Materialized<TKey, TValue> WithEmit(EmitStrategy strategy) => this with { Emit = strategy };

    /// <summary>Keeps the values on disk; see <see cref="StoreBuilder{TKey, TValue}.OnDisk"/>.</summary>
    public Materialized<TKey, TValue> OnDisk() => this with { IsOnDisk = true };

    internal StoreBuilder<TKey, TValue> Store() => Store(KeySerde);

    internal StoreBuilder<TStoreKey, TValue> Store<TStoreKey>(ISerde<TStoreKey> keySerde)
        where TStoreKey : notnull
    {
        StoreBuilder<TStoreKey, TValue> store = Stores.KeyValue(Name, keySerde, ValueSerde);
        if (IsOnDisk)
            store = store.OnDisk();
        return Changelog is null ? store : store.WithChangelog(Changelog);
    }
}
