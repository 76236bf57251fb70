namespace UsageStreams.Streams;

/// <summary>A record on its way through a topology.</summary>
/// <typeparam name="TKey">Key.</typeparam>
/// <typeparam name="TValue">Value.</typeparam>
public readonly struct Record<TKey, TValue>
{
    private readonly RecordHeaders? _headers;
    private readonly bool _deleted;

    /// <summary>Makes a record. Without <paramref name="headers"/> it inherits those of the record at hand when it is forwarded.</summary>
    /// <param name="key">Key.</param>
    /// <param name="value">Value; null is written as a tombstone.</param>
    /// <param name="timestamp">Event time, Unix ms.</param>
    /// <param name="headers">Headers; null to inherit, <see cref="RecordHeaders.Empty"/> for none.</param>
    public Record(TKey key, TValue value, long timestamp, RecordHeaders? headers = null)
    {
        Key = key;
        Value = value;
        Timestamp = timestamp;
        _headers = headers;
    }

    private Record(TKey key, TValue value, long timestamp, RecordHeaders? headers, bool deleted)
        : this(key, value, timestamp, headers) => _deleted = deleted;

    /// <summary>Key.</summary>
    public TKey Key { get; }

    /// <summary>Value.</summary>
    public TValue Value { get; }

    /// <summary>Event time, Unix ms.</summary>
    public long Timestamp { get; }

    /// <summary>Headers; never null. Records that a node receives have their headers set.</summary>
    public RecordHeaders Headers => _headers ?? RecordHeaders.Empty;

    /// <summary>
    /// Whether the record says that its key has no value any more: the value is null, or the type's default where the type has no null.
    /// </summary>
    public bool IsTombstone => _deleted || Value is null;

    internal bool InheritsHeaders => _headers is null;

    /// <summary>A record that says that <paramref name="key"/> has no value any more; written with a null value whatever the value's type.</summary>
    /// <param name="key">Key.</param>
    /// <param name="timestamp">Event time, Unix ms.</param>
    /// <param name="headers">Headers; null to inherit.</param>
    public static Record<TKey, TValue> Tombstone(TKey key, long timestamp, RecordHeaders? headers = null) =>
        new(key, default!, timestamp, headers, deleted: true);

    /// <summary>The same record with another key and value.</summary>
    public Record<TKeyOut, TValueOut> With<TKeyOut, TValueOut>(TKeyOut key, TValueOut value) => new(key, value, Timestamp, _headers);

    /// <summary>The same record with another key.</summary>
    public Record<TKeyOut, TValue> WithKey<TKeyOut>(TKeyOut key) =>
        _deleted ? Record<TKeyOut, TValue>.Tombstone(key, Timestamp, _headers) : new(key, Value, Timestamp, _headers);

    /// <summary>The same record with another value; no tombstone unless the value is null.</summary>
    public Record<TKey, TValueOut> WithValue<TValueOut>(TValueOut value) => new(Key, value, Timestamp, _headers);

    /// <summary>The same record with another event time, Unix ms.</summary>
    public Record<TKey, TValue> WithTimestamp(long timestamp) => new(Key, Value, timestamp, _headers, _deleted);

    /// <summary>The same record with other headers.</summary>
    public Record<TKey, TValue> WithHeaders(RecordHeaders headers) => new(Key, Value, Timestamp, headers, _deleted);
}
