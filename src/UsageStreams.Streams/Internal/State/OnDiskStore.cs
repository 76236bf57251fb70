using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using UsageStreams.Streams.Internal.Faults;

namespace UsageStreams.Streams.Internal.State;

/// <summary>A store whose values are in its task's log. In memory are the places of its keys, and what was changed since the last commit.</summary>
internal sealed class OnDiskStore<TKey, TValue>(string name, ISerde<TKey> keySerde, ISerde<TValue> valueSerde) : KeyValueStore<TKey, TValue>(name)
    where TKey : notnull
{
    private readonly Dictionary<TKey, Change> _changes = [];
    private readonly List<TKey> _dirty = [];
    private readonly ArrayBufferWriter<byte> _key = new();
    private KeyIndex? _index;
    private int _count;

    /// <inheritdoc/>
    public override int Count => _count;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<TKey, TValue>> All
    {
        get
        {
            // What is changed meanwhile was here before, so it comes in its turn from the index.
            int changed = _dirty.Count;
            if (Mutability<TValue>.CanChangeInPlace)
                Touched();
            for (int i = 0; i < changed; i++)
            {
                if (_changes[_dirty[i]] is { Live: true } change)
                    yield return KeyValuePair.Create(_dirty[i], change.Value!);
            }

            foreach (LogPosition position in Index.All())
            {
                if (Committed(position, changed) is { } entry)
                    yield return entry;
            }
        }
    }

    private KeyIndex Index => _index ??= new KeyIndex(Log!.Log);

    /// <inheritdoc/>
    public override bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (Mutability<TValue>.CanChangeInPlace)
            Touched();
        ref Change change = ref CollectionsMarshal.GetValueRefOrNullRef(_changes, key);
        if (!Unsafe.IsNullRef(ref change))
        {
            value = change.Value;
            return change.Live;
        }

        if (!Index.TryFind(Bytes(key), out LogPosition position))
        {
            value = default;
            return false;
        }

        value = valueSerde.Deserialize(Log!.Log.Read(position).Value)!;
        return true;
    }

    /// <inheritdoc/>
    public override void Put(TKey key, TValue value)
    {
        if (value is null)
            throw NoNulls(nameof(value));
        ref Change change = ref CollectionsMarshal.GetValueRefOrAddDefault(_changes, key, out bool exists);
        Set(key, ref change, exists ? change.Live : Index.TryFind(Bytes(key), out _), value);
    }

    /// <inheritdoc/>
    public override bool TryAdd(TKey key, TValue value)
    {
        if (value is null)
            throw NoNulls(nameof(value));
        ref Change change = ref CollectionsMarshal.GetValueRefOrNullRef(_changes, key);
        bool live = Unsafe.IsNullRef(ref change) ? Index.TryFind(Bytes(key), out _) : change.Live;
        if (live)
            return false;
        Set(key, ref CollectionsMarshal.GetValueRefOrAddDefault(_changes, key, out _), isLive: false, value);
        return true;
    }

    /// <inheritdoc/>
    public override bool Delete(TKey key)
    {
        ref Change change = ref CollectionsMarshal.GetValueRefOrNullRef(_changes, key);
        bool live = Unsafe.IsNullRef(ref change) ? Index.TryFind(Bytes(key), out _) : change.Live;
        if (!live)
            return false;
        _count--;
        change = ref CollectionsMarshal.GetValueRefOrAddDefault(_changes, key, out _);
        MarkDirty(key, ref change);
        (change.Live, change.Value) = (false, default);
        return true;
    }

    internal override void Restore(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool deleted)
    {
        if (deleted)
            AddDeleted(key);
        else
            Add(key, value);
        _count = (int)Index.Count;
    }

    internal override void Load(in LogRecord record)
    {
        if (record.IsDeleted)
            Died(Index.Remove(record.Key));
        else
            Died(Index.Set(record.Key, record.Position));
        _count = (int)Index.Count;
    }

    internal override void Move(in LogRecord record)
    {
        if (!record.IsDeleted && Index.IsAt(record.Key, record.Position))
            Add(record.Key, record.Value);
    }

    /// <summary>Looking at values would mean to read the disk all over; compaction reads it in its order.</summary>
    internal override void Sweep(int budget, Func<TValue, bool> isExpired)
    {
    }

    internal override bool TryEvict(in LogRecord record)
    {
        if (!Index.IsAt(record.Key, record.Position))
            return true;
        if (_changes.Count > 0 && _changes.ContainsKey(keySerde.Deserialize(record.Key)))
            return false;
        Died(Index.Remove(record.Key));
        _count--;
        return true;
    }

    internal override void Clear()
    {
        _changes.Clear();
        _dirty.Clear();
        _index = null;
        _count = 0;
    }

    internal override void Flush(ChangelogWriter changelog)
    {
        foreach (TKey key in _dirty)
        {
            ref Change change = ref CollectionsMarshal.GetValueRefOrNullRef(_changes, key);
            if (change.Live)
            {
                changelog.Write(key, keySerde, change.Value!, valueSerde);
                Add(changelog.Key, changelog.Value);
            }
            else
            {
                changelog.WriteDeleted(key, keySerde);
                AddDeleted(changelog.Key);
            }
        }

        _dirty.Clear();
        _changes.Clear();
    }

    private KeyValuePair<TKey, TValue>? Committed(LogPosition position, int changed)
    {
        LogRecord record = Log!.Log.Read(position);
        TKey key = keySerde.Deserialize(record.Key);
        if (!_changes.TryGetValue(key, out Change change))
            return KeyValuePair.Create(key, valueSerde.Deserialize(record.Value));
        return change.Order < changed || !change.Live ? null : KeyValuePair.Create(key, change.Value!);
    }

    private void Set(TKey key, ref Change change, bool isLive, TValue value)
    {
        MarkDirty(key, ref change);
        (change.Value, change.Live) = (value, true);
        _count += isLive ? 0 : 1;
    }

    private void MarkDirty(TKey key, ref Change change)
    {
        Touched();
        if (change.Dirty)
            return;
        (change.Dirty, change.Order) = (true, _dirty.Count);
        _dirty.Add(key);
    }

    private void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => Died(Index.Set(key, Log!.Add(key, value)));

    private void AddDeleted(ReadOnlySpan<byte> key)
    {
        Died(Index.Remove(key));
        Log!.AddDeleted(key);
    }

    private void Died(LogPosition position)
    {
        if (position.Segment != 0)
            Log!.Log.Died(position.Segment);
    }

    private ReadOnlySpan<byte> Bytes(TKey key)
    {
        _key.ResetWrittenCount();
        keySerde.Serialize(key, _key);
        return _key.WrittenSpan;
    }

    private struct Change
    {
        public TValue? Value;
        public int Order;
        public bool Live;
        public bool Dirty;
    }
}
