using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using UsageStreams.Streams.Internal.Faults;

namespace UsageStreams.Streams.Internal.State;

/// <summary>A store whose keys and values are in memory.</summary>
internal sealed class InMemoryStore<TKey, TValue>(string name, ISerde<TKey> keySerde, ISerde<TValue> valueSerde) : KeyValueStore<TKey, TValue>(name)
    where TKey : notnull
{
    private readonly Dictionary<TKey, Slot> _slots = [];
    private readonly List<TKey> _dirty = [];
    private int _count;

    /// <inheritdoc/>
    public override int Count => _count;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<TKey, TValue>> All
    {
        get
        {
            if (Mutability<TValue>.CanChangeInPlace)
                Touches++;
            foreach ((TKey key, Slot slot) in _slots)
            {
                if (slot.Live)
                    yield return KeyValuePair.Create(key, slot.Value!);
            }
        }
    }

    /// <inheritdoc/>
    public override bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (Mutability<TValue>.CanChangeInPlace)
            Touches++;
        ref Slot slot = ref CollectionsMarshal.GetValueRefOrNullRef(_slots, key);
        if (Unsafe.IsNullRef(ref slot) || !slot.Live)
        {
            value = default;
            return false;
        }

        value = slot.Value!;
        return true;
    }

    /// <inheritdoc/>
    public override void Put(TKey key, TValue value)
    {
        if (value is null)
            throw NoNulls(nameof(value));
        ref Slot slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_slots, key, out _);
        Set(key, ref slot, value);
    }

    /// <inheritdoc/>
    public override bool TryAdd(TKey key, TValue value)
    {
        if (value is null)
            throw NoNulls(nameof(value));
        ref Slot slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_slots, key, out _);
        if (slot.Live)
            return false;
        Set(key, ref slot, value);
        return true;
    }

    /// <inheritdoc/>
    public override bool Delete(TKey key)
    {
        ref Slot slot = ref CollectionsMarshal.GetValueRefOrNullRef(_slots, key);
        if (Unsafe.IsNullRef(ref slot) || !slot.Live)
            return false;
        Touches++;
        _count--;
        if (!TracksChanges)
        {
            _slots.Remove(key);
            return true;
        }

        slot.Live = false;
        slot.Value = default;
        MarkDirty(key, ref slot);
        return true;
    }

    internal override void Restore(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool deleted)
    {
        TKey k = keySerde.Deserialize(key);
        if (deleted)
        {
            Forget(k);
            Log?.AddDeleted(key);
            return;
        }

        TValue v = valueSerde.Deserialize(value);
        Take(k, v, Log is null ? 0 : Log.Add(key, value).Segment);
    }

    internal override void Load(in LogRecord record)
    {
        TKey key = keySerde.Deserialize(record.Key);
        if (record.IsDeleted)
            Forget(key);
        else
            Take(key, valueSerde.Deserialize(record.Value), record.Position.Segment);
    }

    internal override void Move(in LogRecord record)
    {
        if (record.IsDeleted)
            return;
        ref Slot slot = ref CollectionsMarshal.GetValueRefOrNullRef(_slots, keySerde.Deserialize(record.Key));
        // Of two records of the key in this segment the first one met is written again as what the key has now.
        if (Unsafe.IsNullRef(ref slot) || slot.Segment != record.Position.Segment)
            return;
        Died(slot.Segment);
        slot.Segment = Log!.Rewrite(record.Key, slot.Value!, valueSerde).Segment;
    }

    internal override void Clear()
    {
        _slots.Clear();
        _dirty.Clear();
        _count = 0;
    }

    internal override void Flush(ChangelogWriter changelog)
    {
        foreach (TKey key in _dirty)
        {
            ref Slot slot = ref CollectionsMarshal.GetValueRefOrNullRef(_slots, key);
            slot.Dirty = false;
            Died(slot.Segment);
            if (slot.Live)
            {
                changelog.Write(key, keySerde, slot.Value!, valueSerde);
                slot.Segment = Log is null ? 0 : Log.Add(changelog.Key, changelog.Value).Segment;
            }
            else
            {
                changelog.WriteDeleted(key, keySerde);
                Log?.AddDeleted(changelog.Key);
                _slots.Remove(key);
            }
        }

        _dirty.Clear();
    }

    private void Set(TKey key, ref Slot slot, TValue value)
    {
        Touches++;
        slot.Value = value;
        if (!slot.Live)
        {
            slot.Live = true;
            _count++;
        }

        if (TracksChanges)
            MarkDirty(key, ref slot);
    }

    private void Take(TKey key, TValue value, int segment)
    {
        ref Slot slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_slots, key, out bool exists);
        Died(slot.Segment);
        _count += exists ? 0 : 1;
        slot = new Slot { Value = value, Live = true, Segment = segment };
    }

    private void Forget(TKey key)
    {
        if (!_slots.Remove(key, out Slot slot))
            return;
        Died(slot.Segment);
        _count--;
    }

    private void Died(int segment)
    {
        if (segment != 0)
            Log?.Log.Died(segment);
    }

    private void MarkDirty(TKey key, ref Slot slot)
    {
        if (slot.Dirty)
            return;
        slot.Dirty = true;
        _dirty.Add(key);
    }

    private struct Slot
    {
        public TValue? Value;

        /// <summary>Segment of the local log that has the value last committed; 0 for none.</summary>
        public int Segment;
        public bool Live;
        public bool Dirty;
    }
}
