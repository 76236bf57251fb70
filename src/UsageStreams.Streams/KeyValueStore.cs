using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams;

/// <summary>Values by key, in memory, of one task. Changes reach the changelog at the next commit: the last value per key, once.</summary>
/// <remarks>
/// A value is serialised at the commit, not when it is put: a value that is changed in place after its <see cref="Put"/> is written as it is then.
/// While <see cref="All"/> is enumerated, present keys may be put and deleted; adding a key ends the enumeration with an error.
/// </remarks>
public sealed class KeyValueStore<TKey, TValue> : StateStore
    where TKey : notnull
{
    private readonly Dictionary<TKey, Slot> _slots = [];
    private readonly List<TKey> _dirty = [];
    private readonly ISerde<TKey> _keySerde;
    private readonly ISerde<TValue> _valueSerde;
    private int _count;

    internal KeyValueStore(string name, ISerde<TKey> keySerde, ISerde<TValue> valueSerde)
        : base(name)
    {
        _keySerde = keySerde;
        _valueSerde = valueSerde;
    }

    /// <inheritdoc/>
    public override int Count => _count;

    /// <summary>Every key and value, in no particular order.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> All
    {
        get
        {
            foreach ((TKey key, Slot slot) in _slots)
            {
                if (slot.Live)
                    yield return KeyValuePair.Create(key, slot.Value!);
            }
        }
    }

    internal override bool IsDirty => _dirty.Count > 0;

    /// <summary>Looks a key up.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        ref Slot slot = ref CollectionsMarshal.GetValueRefOrNullRef(_slots, key);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref slot) || !slot.Live)
        {
            value = default;
            return false;
        }

        value = slot.Value!;
        return true;
    }

    /// <summary>The value of a key, or the type's default.</summary>
    public TValue? Get(TKey key) => TryGet(key, out TValue? value) ? value : default;

    /// <summary>Sets the value of a key.</summary>
    /// <exception cref="ArgumentNullException">The value is null: a missing value is said by <see cref="Delete"/>.</exception>
    public void Put(TKey key, TValue value)
    {
        if (value is null)
            throw new ArgumentNullException(nameof(value), $"Store '{Name}' holds no nulls; delete the key instead.");
        ref Slot slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_slots, key, out _);
        slot.Value = value;
        if (!slot.Live)
        {
            slot.Live = true;
            _count++;
        }

        MarkDirty(key, ref slot);
    }

    /// <summary>Removes a key.</summary>
    /// <returns>False when it was not there.</returns>
    public bool Delete(TKey key)
    {
        ref Slot slot = ref CollectionsMarshal.GetValueRefOrNullRef(_slots, key);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref slot) || !slot.Live)
            return false;
        slot.Live = false;
        slot.Value = default;
        _count--;
        MarkDirty(key, ref slot);
        return true;
    }

    internal override void Restore(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool deleted, long timestamp = 0)
    {
        TKey k = _keySerde.Deserialize(key);
        if (deleted)
            _slots.Remove(k);
        else
            _slots[k] = new Slot { Value = _valueSerde.Deserialize(value), Live = true };
        _count = _slots.Count;
    }

    internal override void Flush(
        RecordCollector collector, string topic, int partition, ArrayBufferWriter<byte> keys, ArrayBufferWriter<byte> values)
    {
        foreach (TKey key in _dirty)
        {
            ref Slot slot = ref CollectionsMarshal.GetValueRefOrNullRef(_slots, key);
            slot.Dirty = false;
            keys.ResetWrittenCount();
            values.ResetWrittenCount();
            _keySerde.Serialize(key, keys);
            bool live = slot.Live;
            if (live)
                _valueSerde.Serialize(slot.Value!, values);
            else
                _slots.Remove(key);
            collector.Send(new OutputRecord(topic, partition)
            {
                Key = keys.WrittenSpan,
                HasKey = true,
                Value = values.WrittenSpan,
                HasValue = live,
            });
        }

        _dirty.Clear();
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
        public bool Live;
        public bool Dirty;
    }
}
