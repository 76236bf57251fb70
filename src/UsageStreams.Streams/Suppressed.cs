namespace UsageStreams.Streams;

/// <summary>How long a table's changes are held back.</summary>
public static class Suppressed
{
    /// <summary>Holds back what happens to a key until stream time has passed the first of its changes by <paramref name="limit"/>; then one change goes on.</summary>
    /// <param name="name">Name of the node and of the store that holds the changes; it survives upgrades.</param>
    /// <param name="limit">Event time, longer than zero.</param>
    /// <param name="keySerde">Serde of the table's keys.</param>
    /// <param name="valueSerde">Serde of the table's values.</param>
    public static Suppressed<TKey, TValue> UntilTimeLimit<TKey, TValue>(string name, TimeSpan limit, ISerde<TKey> keySerde, ISerde<TValue> valueSerde)
        where TKey : notnull
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, TimeSpan.FromMilliseconds(1));
        return new Suppressed<TKey, TValue>(name, (long)limit.TotalMilliseconds, keySerde, valueSerde);
    }
}

/// <summary>How long a table's changes are held back. Immutable: each <c>With…</c> gives a changed copy.</summary>
public sealed record Suppressed<TKey, TValue>
    where TKey : notnull
{
    internal Suppressed(string name, long limit, ISerde<TKey> keySerde, ISerde<TValue> valueSerde)
    {
        Name = name;
        Limit = limit;
        KeySerde = keySerde;
        ValueSerde = valueSerde;
    }

    internal string Name { get; }

    internal long Limit { get; }

    internal ISerde<TKey> KeySerde { get; }

    internal ISerde<TValue> ValueSerde { get; }

    internal int MaxKeys { get; private init; } = int.MaxValue;

    /// <summary>Holds back at most so many keys of a task; when there are more, those that wait longest go on early. Default: no bound.</summary>
    public Suppressed<TKey, TValue> WithMaxKeys(int keys)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(keys);
        return this with { MaxKeys = keys };
    }
}
