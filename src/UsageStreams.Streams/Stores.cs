namespace UsageStreams.Streams;

/// <summary>Describes state stores.</summary>
public static class Stores
{
    /// <summary>A store of values by key, held in memory and kept in the changelog <c>&lt;application&gt;-&lt;name&gt;-changelog</c>.</summary>
    /// <param name="name">Name, unique in the topology; it survives upgrades, because the changelog is named by it.</param>
    /// <param name="keySerde">Key serde; must round trip. The key type needs value equality.</param>
    /// <param name="valueSerde">Value serde.</param>
    public static StoreBuilder<TKey, TValue> KeyValue<TKey, TValue>(string name, ISerde<TKey> keySerde, ISerde<TValue> valueSerde)
        where TKey : notnull => new(name, keySerde, valueSerde, null);
}

/// <summary>A handle of a store: describes it, and asks for it in a processor.</summary>
public abstract class StoreBuilder
{
    private protected StoreBuilder(string name, string? changelog)
    {
        Name = name;
        PublicChangelog = changelog;
    }

    /// <summary>Name of the store.</summary>
    public string Name { get; }

    /// <summary>The public topic that is the store's changelog; null for an internal one.</summary>
    public string? PublicChangelog { get; }

    internal string Changelog(string applicationId) => PublicChangelog ?? $"{applicationId}-{Name}-changelog";

    internal abstract string? Problem { get; }

    internal abstract StateStore Create();
}

/// <summary>A typed handle of a store.</summary>
public sealed class StoreBuilder<TKey, TValue> : StoreBuilder
    where TKey : notnull
{
    private readonly ISerde<TKey> _keySerde;
    private readonly ISerde<TValue> _valueSerde;

    internal StoreBuilder(string name, ISerde<TKey> keySerde, ISerde<TValue> valueSerde, string? changelog)
        : base(name, changelog)
    {
        _keySerde = keySerde;
        _valueSerde = valueSerde;
    }

    internal override string? Problem => typeof(TKey).IsArray
        ? $"Store '{Name}' has {typeof(TKey).Name} as key, and arrays are equal only to themselves. Use a record struct or text."
        : null;

    /// <summary>The same store with a public, compacted topic as its changelog: the store is that topic's only writer.</summary>
    /// <returns>A new handle, which is the one to use from here on.</returns>
    public StoreBuilder<TKey, TValue> WithChangelog(string topic) => new(Name, _keySerde, _valueSerde, topic);

    internal override StateStore Create() => new KeyValueStore<TKey, TValue>(Name, _keySerde, _valueSerde);
}
