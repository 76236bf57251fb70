namespace UsageStreams.Streams;

/// <summary>Describes state stores.</summary>
public static class Stores
{
    /// <summary>A store of values by key, held in memory and kept in the changelog <c>&lt;application&gt;-&lt;name&gt;-changelog</c>.</summary>
    /// <param name="name">Name, unique in the topology; it survives upgrades, because the changelog is named by it.</param>
    /// <param name="keySerde">Key serde; must round trip. The key type needs value equality.</param>
    /// <param name="valueSerde">Value serde.</param>
    public static StoreBuilder<TKey, TValue> KeyValue<TKey, TValue>(string name, ISerde<TKey> keySerde, ISerde<TValue> valueSerde)
        where TKey : notnull => new(name, keySerde, valueSerde);
}
