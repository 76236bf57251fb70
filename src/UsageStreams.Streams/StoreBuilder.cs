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

    internal StoreBuilder(string name, ISerde<TKey> keySerde, ISerde<TValue> valueSerde, StorePlacement placement = default)
        : base(name, placement)
    {
        _keySerde = keySerde;
        _valueSerde = valueSerde;
    }

    internal override string? Problem
    {
        get
        {
            if (typeof(TKey).IsArray)
                return $"Store '{Name}' has {typeof(TKey).Name} as key, and arrays are equal only to themselves. Use a record struct or text.";
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
    /// changed since the last commit. For what does not fit into memory; a lookup reads the value anew, so a changed value must be put.
    /// </summary>
    /// <returns>A new handle, which is the one to use from here on.</returns>
    public StoreBuilder<TKey, TValue> OnDisk() => At(Placement with { IsOnDisk = true });

    /// <summary>
    /// The same store without a changelog: it is made again by reading the sub-topology's input once more, up to what was committed. Nothing is
    /// written for it, so it suits a store that has something of every record, like the ids of a deduplication.
    /// </summary>
    /// <param name="retention">How far back, by the records' arrival, the input matters. The input topic must keep its records at least that long.</param>
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

    internal override StateStore Create() => IsOnDisk
        ? new OnDiskStore<TKey, TValue>(Name, _keySerde, _valueSerde)
        : new InMemoryStore<TKey, TValue>(Name, _keySerde, _valueSerde);

    private StoreBuilder<TKey, TValue> At(StorePlacement placement) => new(Name, _keySerde, _valueSerde, placement);
}

/// <summary>Does to a store what its processor does for a record of the input.</summary>
/// <param name="record">The record, as the source gave it.</param>
/// <param name="metadata">Where it stands, as <see cref="ProcessorContext{TKey, TValue}.Metadata"/> said it to the processor.</param>
/// <param name="store">The store.</param>
public delegate void StoreReplay<TKeyIn, TValueIn, TKey, TValue>(
    in Record<TKeyIn, TValueIn> record, in RecordMetadata metadata, KeyValueStore<TKey, TValue> store)
    where TKey : notnull;

/// <summary>Where a store's content is.</summary>
internal readonly record struct StorePlacement(string? Changelog, bool IsOnDisk, InputReplay? Replay);
