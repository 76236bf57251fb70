using System.Diagnostics.CodeAnalysis;
using UsageStreams.Streams.Internal.Tables;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams;

/// <summary>The content of a table, as far as it was read.</summary>
public abstract class TableView
{
    private protected TableView(string name) => Name = name;

    /// <summary>Name of the table.</summary>
    public string Name { get; }

    /// <summary>Number of keys.</summary>
    public abstract int Count { get; }

    /// <summary>Grows with every record read: whoever keeps something derived from the table sees whether it changed.</summary>
    public long Version { get; private protected set; }

    /// <summary>Fetches the entries of the keys that were asked for ahead.</summary>
    internal abstract void FetchEntries();

    /// <summary>Takes a record of the topic over.</summary>
    internal void Take(in InputRecord record) => Update(record.Key, record.Value, !record.HasValue, record.Arrival);

    /// <summary>Takes a record of the topic over; <paramref name="timestamp"/> is its arrival, Unix ms.</summary>
    internal abstract void Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool deleted, long timestamp);
}

/// <summary>The typed content of a table. It changes between batches of records, never while a record is processed.</summary>
public sealed class TableView<TKey, TValue> : TableView
    where TKey : notnull
{
    private readonly TableContent<TKey, TValue> _values = new();
    private readonly Consumed<TKey, TValue> _consumed;
    private readonly VersionHistory<TKey, TValue>? _history;

    internal TableView(string name, Consumed<TKey, TValue> consumed)
        : base(name)
    {
        _consumed = consumed;
        if (consumed.Versions is { } retention)
            _history = new VersionHistory<TKey, TValue>(retention);
    }

    /// <inheritdoc/>
    public override int Count => _values.Count;

    /// <summary>Whether it keeps former values, so that it can be looked up as of a time.</summary>
    public bool IsVersioned => _history is not null;

    /// <summary>Every key and value, in no particular order.</summary>
    public IReadOnlyDictionary<TKey, TValue> All => _values;

    /// <summary>Looks a key up.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _values.TryGetValue(key, out value);

    /// <summary>Says that the present value of a key will be looked up soon, so that its place in memory can be fetched meanwhile.</summary>
    public void Prefetch(TKey key) => _values.Prefetch(key);

    /// <summary>Looks up the value that was valid at <paramref name="time"/> (Unix ms).</summary>
    /// <returns>False when the key had no value then, or <paramref name="time"/> is older than what is kept.</returns>
    /// <exception cref="StreamsException">The table keeps no versions.</exception>
    public bool TryGet(TKey key, long time, [MaybeNullWhen(false)] out TValue value) => _history is null
        ? throw new StreamsException($"Table '{Name}' keeps only its present values. To look up as of a time, read it with Consumed.With(…).WithVersions(retention).")
        : _history.TryGet(key, time, out value);

    /// <summary>The value of a key, or the type's default.</summary>
    public TValue? Get(TKey key) => _values.TryGetValue(key, out TValue? value) ? value : default;

    internal override void FetchEntries() => _values.FetchEntries();

    internal override void Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool deleted, long timestamp)
    {
        TKey k = _consumed.KeySerde.Deserialize(key);
        if (deleted)
        {
            if (_history is null || _history.Delete(k, timestamp))
                _values.Remove(k);
        }
        else
        {
            Keep(k, _consumed.ValueSerde.Deserialize(value), timestamp);
        }

        Version++;
    }

    private void Keep(TKey key, TValue value, long arrival)
    {
        if (_history is null)
        {
            _values.Set(key, value);
            return;
        }

        var record = new Record<TKey, TValue>(key, value, arrival);
        long validFrom = _consumed.Timestamps is null ? arrival : _consumed.Timestamps(in record, arrival);
        // A correction of the past, arriving late, is no present value.
        if (_history.Put(key, validFrom, value))
            _values.Set(key, value);
    }
}
