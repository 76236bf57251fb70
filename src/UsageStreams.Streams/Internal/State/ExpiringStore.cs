using System.Diagnostics.CodeAnalysis;

namespace UsageStreams.Streams.Internal.State;

/// <summary>How long a store keeps its values.</summary>
/// <param name="Retention">Ms that a value's time may lie behind the newest one.</param>
/// <param name="TimeOf">A value's time, Unix ms.</param>
internal sealed record Expiry<TValue>(long Retention, Func<TValue, long> TimeOf);

/// <summary>
/// A store that forgets by its values' own times. What is expired counts as absent at once, and is taken away later: in memory a few slots are looked at
/// with each flush; on disk by the log's compaction, which begins as soon as some segment has nothing but what is expired.
/// </summary>
internal sealed class ExpiringStore<TKey, TValue>(KeyValueStore<TKey, TValue> inner, ISerde<TKey> keySerde, ISerde<TValue> valueSerde, Expiry<TValue> expiry)
    : KeyValueStore<TKey, TValue>(inner.Name)
    where TKey : notnull
{
    private const int SweepAtLeast = 64;

    private readonly Dictionary<int, long> _newestOfSegment = [];
    private long _newest = long.MinValue;
    private long _horizon = long.MinValue;
    private long _newestUnflushed = long.MinValue;
    private int _puts;
    private Func<TValue, bool>? _isExpired;
    private bool _isRunning;

    /// <inheritdoc/>
    public override int Count => inner.Count;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<TKey, TValue>> All
    {
        get
        {
            foreach (KeyValuePair<TKey, TValue> entry in inner.All)
            {
                if (!IsExpired(entry.Value))
                    yield return entry;
            }
        }
    }

    /// <inheritdoc/>
    public override void Prefetch(TKey key) => inner.Prefetch(key);

    internal override long Touches => inner.Touches;

    internal override void PrefetchHint(int hint) => inner.PrefetchHint(hint);

    internal override void FetchEntries() => inner.FetchEntries();

    internal override int Hint
    {
        get => inner.Hint;
        set => inner.Hint = value;
    }

    /// <summary>
    /// Whether some segment other than the one that is written has nothing of this store but what is expired. Not where that is another's to delete: it would
    /// only be moved.
    /// </summary>
    internal override bool WantsCompaction
    {
        get
        {
            if (Log is null || (HasChangelog && !_isRunning))
                return false;
            int oldest = Log.Log.Segments[0].Number;
            bool wants = false;
            foreach ((int segment, long newest) in _newestOfSegment)
            {
                if (segment < oldest)
                    _newestOfSegment.Remove(segment);
                else
                    wants |= newest < _horizon && segment != Log.Log.ActiveSegment;
            }

            return wants;
        }
    }

    /// <inheritdoc/>
    public override bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (inner.TryGet(key, out value) && !IsExpired(value))
            return true;
        value = default;
        return false;
    }

    /// <inheritdoc/>
    public override void Put(TKey key, TValue value)
    {
        if (value is null)
            throw NoNulls(nameof(value));
        long time = expiry.TimeOf(value);
        Observe(time);
        if (time < _horizon)
        {
            inner.Delete(key);
            return;
        }

        Added(time);
        inner.Put(key, value);
    }

    /// <inheritdoc/>
    public override bool TryAdd(TKey key, TValue value)
    {
        if (value is null)
            throw NoNulls(nameof(value));
        // The common case, and one look-up instead of two: what comes is new and not expired.
        long time = expiry.TimeOf(value);
        if (time >= _horizon && inner.TryAdd(key, value))
        {
            Observe(time);
            Added(time);
            return true;
        }

        if (TryGet(key, out _))
            return false;
        Put(key, value);
        return true;
    }

    /// <inheritdoc/>
    public override bool Delete(TKey key)
    {
        bool isThere = TryGet(key, out _);
        return inner.Delete(key) && isThere;
    }

    internal override void Attach(StoreLog? log, bool hasChangelog)
    {
        base.Attach(log, hasChangelog);
        inner.Attach(log, hasChangelog);
    }

    internal override void KeepMarks() => inner.KeepMarks();

    internal override ref int MarkOf(TKey key) => ref inner.MarkOf(key);

    internal override void Restore(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool deleted)
    {
        inner.Restore(key, value, deleted);
        if (!deleted)
            Note(Log?.Log.ActiveSegment, expiry.TimeOf(valueSerde.Deserialize(value)));
    }

    internal override void Load(in LogRecord record)
    {
        inner.Load(in record);
        if (!record.IsDeleted)
            Note(record.Position.Segment, expiry.TimeOf(valueSerde.Deserialize(record.Value)));
    }

    internal override void Move(in LogRecord record)
    {
        if (record.IsDeleted)
            return;
        long time = expiry.TimeOf(valueSerde.Deserialize(record.Value));
        bool isExpired = time < _horizon;
        if (isExpired && !HasChangelog && inner.TryEvict(in record))
            return;
        inner.Move(in record);
        Note(Log!.Log.ActiveSegment, time);
        // While it is restored, or followed by a standby, the changelog is another's to write.
        if (isExpired && HasChangelog && _isRunning)
            DeleteExpired(keySerde.Deserialize(record.Key));
    }

    internal override void Sweep(int budget, Func<TValue, bool> isExpired) => inner.Sweep(budget, isExpired);

    internal override bool TryEvict(in LogRecord record) => inner.TryEvict(in record);

    internal override void Clear()
    {
        inner.Clear();
        _newestOfSegment.Clear();
        (_newest, _horizon, _newestUnflushed) = (long.MinValue, long.MinValue, long.MinValue);
    }

    internal override void Close() => inner.Close();

    internal override void Flush(ChangelogWriter changelog)
    {
        _isRunning = true;
        inner.Sweep(SweepAtLeast + (2 * _puts), _isExpired ??= IsExpired);
        inner.Flush(changelog);
        if (_puts > 0)
            Note(Log?.Log.ActiveSegment, _newestUnflushed);
        (_puts, _newestUnflushed) = (0, long.MinValue);
    }

    private void Added(long time)
    {
        _newestUnflushed = Math.Max(_newestUnflushed, time);
        _puts++;
    }

    private bool IsExpired(TValue value) => expiry.TimeOf(value) < _horizon;

    private void DeleteExpired(TKey key)
    {
        if (inner.TryGet(key, out TValue? value) && IsExpired(value))
            inner.Delete(key);
    }

    /// <summary>A segment has a value of this time.</summary>
    private void Note(int? segment, long time)
    {
        Observe(time);
        if (segment is { } number)
            _newestOfSegment[number] = Math.Max(time, _newestOfSegment.GetValueOrDefault(number, long.MinValue));
    }

    private void Observe(long time)
    {
        if (time <= _newest)
            return;
        _newest = time;
        _horizon = Math.Max(time, long.MinValue + expiry.Retention) - expiry.Retention;
    }
}
