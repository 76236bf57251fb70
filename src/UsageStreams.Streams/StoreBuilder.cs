using UsageStreams.Streams.Internal.State;

namespace UsageStreams.Streams;

/// <summary>A handle of a store: describes it, and asks for it in a processor.</summary>
public abstract class StoreBuilder
{
    private protected StoreBuilder(string name, StorePlacement placement) => (Name, Placement) = (name, placement);

    /// <summary>Name of the store.</summary>
    public string Name { get; }

    /// <summary>The public topic that is the store's changelog; null for an internal one.</summary>
    public string? PublicChangelog => Placement.Changelog;

    /// <summary>Whether values are kept on disk.</summary>
    public bool IsOnDisk => Placement.IsOnDisk;

    /// <summary>Whether the store has no changelog, and is made again of its sub-topology's input.</summary>
    public bool IsRestoredFromInput => Placement.Replay is not null;

    internal InputReplay? Replay => Placement.Replay;

    private protected StorePlacement Placement { get; }

    internal abstract string? Problem { get; }

    /// <summary>Whether it does nothing useful without stream time.</summary>
    internal virtual bool NeedsTime => false;

    internal string? Changelog(string applicationId) => Replay is null ? PublicChangelog ?? $"{applicationId}-{Name}-changelog" : null;

    internal abstract StateStore Create();
}

/// <summary>A typed handle of a store. Immutable: each <c>With…</c> gives another handle, which is the one to use from there on.</summary>
public sealed class StoreBuilder<TKey, TValue> : StoreBuilder
    where TKey : notnull
{
    private readonly ISerde<TKey> _keySerde;
    private readonly ISerde<TValue> _valueSerde;
    private readonly Expiry<TValue>? _expiry;

    internal StoreBuilder(string name, ISerde<TKey> keySerde, ISerde<TValue> valueSerde, StorePlacement placement = default, Expiry<TValue>? expiry = null)
        : base(name, placement)
    {
        _keySerde = keySerde;
        _valueSerde = valueSerde;
        _expiry = expiry;
    }

    internal override string? Problem
    {
        get
        {
            if (typeof(TKey).IsArray)
                return $"Store '{Name}' has {typeof(TKey).Name} as key, and arrays are equal only to themselves. Use a record struct or text.";
            if (_expiry is not null && Replay?.Retention.TotalMilliseconds < _expiry.Retention)
            {
                return $"Store '{Name}' keeps its values for {TimeSpan.FromMilliseconds(_expiry.Retention)} and is to be restored from the input of {Replay.Retention} only. "
                    + "Give RestoredFromInput(…) at least the store's retention.";
            }

            return Replay is not null && PublicChangelog is not null
                ? $"Store '{Name}' has a changelog '{PublicChangelog}' and is to be restored from its input as well. Leave one of them away."
                : null;
        }
    }

    /// <summary>The same store with a public, compacted topic as its changelog: the store is that topic's only writer.</summary>
    /// <returns>A new handle, which is the one to use from here on.</returns>
    public StoreBuilder<TKey, TValue> WithChangelog(string topic) => At(Placement with { Changelog = topic });

    /// <summary>
    /// The same store with its values on disk, below <see cref="StreamsOptions.StateDirectory"/>: memory holds 12 to 20 bytes per key and what was
    /// changed since the last commit. For what does not fit into memory; a lookup may read the value anew, so a changed value must be put.
    /// </summary>
    /// <param name="cached">
    /// Up to how many values that were read or written lately each task keeps in memory beyond the commit, for keys that come again and again. Default 0.
    /// </param>
    /// <returns>A new handle, which is the one to use from here on.</returns>
    public StoreBuilder<TKey, TValue> OnDisk(int cached = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cached);
        return At(Placement with { IsOnDisk = true, Cached = cached });
    }

    /// <summary>
    /// The same store, which forgets: a value whose time lies more than <paramref name="retention"/> behind the newest time that was put counts as absent,
    /// and is taken away at some commit after that, with a tombstone where there is a changelog. Times are the values' own, so that what is there depends on
    /// what was put and not on the clock; a restart knows the newest of those it still holds.
    /// </summary>
    /// <param name="retention">How far a value's time may lie back, in whole ms; longer than zero. <see cref="KeyValueStore{TKey, TValue}"/>.Count counts what is not taken away yet.</param>
    /// <param name="timeOf">Time of a value, Unix ms, such as its arrival. Always the same for a value; called with every lookup.</param>
    /// <returns>A new handle, which is the one to use from here on.</returns>
    public StoreBuilder<TKey, TValue> WithRetention(TimeSpan retention, Func<TValue, long> timeOf)
    {
        ArgumentNullException.ThrowIfNull(timeOf);
        ArgumentOutOfRangeException.ThrowIfLessThan(retention, TimeSpan.FromMilliseconds(1));
        return new StoreBuilder<TKey, TValue>(Name, _keySerde, _valueSerde, Placement, new Expiry<TValue>((long)retention.TotalMilliseconds, timeOf));
    }

    /// <summary>
    /// The same store without a changelog: it is made again by reading the sub-topology's input once more, up to what was committed. Nothing is
    /// written for it, so it suits a store that has something of every record, like the ids of a deduplication.
    /// </summary>
    /// <param name="retention">How far back of a record, by arrival, the input before it matters. The input topic must keep its records at least that long.</param>
    /// <param name="replay">
    /// Does to the store what the processor does, for one record as the source gave it. It sees neither other stores nor the clock, and is not called
    /// for records that the source rejected. Where the processor forgets by stream time, so may this: what is forgotten need not be put.
    /// </param>
    /// <typeparam name="TKeyIn">Key of the sub-topology's source.</typeparam>
    /// <typeparam name="TValueIn">Value of the sub-topology's source.</typeparam>
    /// <returns>A new handle, which is the one to use from here on.</returns>
    public StoreBuilder<TKey, TValue> RestoredFromInput<TKeyIn, TValueIn>(TimeSpan retention, StoreReplay<TKeyIn, TValueIn, TKey, TValue> replay) =>
        At(Placement with { Replay = new InputReplay<TKeyIn, TValueIn, TKey, TValue>(retention, replay) });

    /// <summary>A value that its store no longer shares: processors may change theirs in place.</summary>
    internal TValue Copy(TValue value)
    {
        if (!System.Runtime.CompilerServices.RuntimeHelpers.IsReferenceOrContainsReferences<TValue>() || value is string)
            return value;
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        _valueSerde.Serialize(value, bytes);
        return _valueSerde.Deserialize(bytes.WrittenSpan);
    }

    internal override StateStore Create()
    {
        KeyValueStore<TKey, TValue> store = IsOnDisk
            ? new OnDiskStore<TKey, TValue>(Name, _keySerde, _valueSerde, Placement.Cached)
            : new InMemoryStore<TKey, TValue>(Name, _keySerde, _valueSerde);
        return _expiry is null ? store : new ExpiringStore<TKey, TValue>(store, _keySerde, _valueSerde, _expiry);
    }

    private StoreBuilder<TKey, TValue> At(StorePlacement placement) => new(Name, _keySerde, _valueSerde, placement, _expiry);
}

/// <summary>Does to a store what its processor does for a record of the input.</summary>
/// <param name="record">The record, as the source gave it.</param>
/// <param name="metadata">Where it stands, as <see cref="ProcessorContext{TKey, TValue}.Metadata"/> said it to the processor.</param>
/// <param name="store">The store.</param>
public delegate void StoreReplay<TKeyIn, TValueIn, TKey, TValue>(
    in Record<TKeyIn, TValueIn> record, in RecordMetadata metadata, KeyValueStore<TKey, TValue> store)
    where TKey : notnull;

/// <summary>Where a store's content is.</summary>
internal readonly record struct StorePlacement(string? Changelog, bool IsOnDisk, InputReplay? Replay, int Cached = 0);
