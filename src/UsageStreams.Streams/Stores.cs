using UsageStreams.Streams.Windows;

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

    /// <summary>A store of values by key and window of one length, which forgets windows that stream time has left behind.</summary>
    /// <param name="name">Name, unique in the topology; it survives upgrades, because the changelog is named by it.</param>
    /// <param name="keySerde">Key serde; must round trip. The key type needs value equality.</param>
    /// <param name="valueSerde">Value serde.</param>
    /// <param name="length">Length of the windows, at least 1 ms.</param>
    /// <param name="retention">How far stream time passes a window's start before the window is forgotten; at least <paramref name="length"/>.</param>
    public static WindowStoreBuilder<TKey, TValue> Window<TKey, TValue>(string name, ISerde<TKey> keySerde, ISerde<TValue> valueSerde, TimeSpan length, TimeSpan retention)
        where TKey : notnull
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(retention, length);
        return new(KeyValue(name, Serdes.Windowed(keySerde), valueSerde), (long)length.TotalMilliseconds, (long)retention.TotalMilliseconds);
    }

    /// <summary>A store of values by key and session, which forgets sessions that stream time has left behind.</summary>
    /// <param name="name">Name, unique in the topology; it survives upgrades, because the changelog is named by it.</param>
    /// <param name="keySerde">Key serde; must round trip. The key type needs value equality.</param>
    /// <param name="valueSerde">Value serde.</param>
    /// <param name="retention">How far stream time passes a session's end before the session is forgotten.</param>
    public static SessionStoreBuilder<TKey, TValue> Session<TKey, TValue>(string name, ISerde<TKey> keySerde, ISerde<TValue> valueSerde, TimeSpan retention)
        where TKey : notnull
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(retention, TimeSpan.Zero);
        return new(KeyValue(name, Serdes.Windowed(keySerde), valueSerde), (long)retention.TotalMilliseconds);
    }
}
