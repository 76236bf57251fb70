using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using UsageStreams.Streams.Internal.Faults;

namespace UsageStreams.Streams.Internal.State;

/// <summary>A store whose keys and values are in memory.</summary>
internal sealed class InMemoryStore<TKey, TValue>(string name, ISerde<TKey> keySerde, ISerde<TValue> valueSerde) : KeyValueStore<TKey, TValue>(name)
    where TKey : notnull
{
    private const int Removed = -1;
    private const int FlushAhead = 8;

    private readonly SlotTable<TKey, Slot> _slots = new();
    private readonly List<int> _dirty = [];
    private int _count;
    private int _swept;

    /// <inheritdoc/>
    public override int Count => _count;

    /// <inheritdoc/>
    public override void Prefetch(TKey key) => _slots.Prefetch(key);

    internal override int Hint
    {
        get => _slots.Last;
        set => _slots.Last = value;
    }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<TKey, TValue>> All
    {
        get
        {
            if (Mutability<TValue>.CanChangeInPlace)
                Touched();
            int additions = _slots.Additions;
            for (int number = 0; number < _slots.End; number++)
            {
                if (!_slots.IsUsed(number) || !_slots[number].Live)
                    continue;
                yield return KeyValuePair.Create(_slots.KeyOf(number), _slots[number].Value!);
                if (additions != _slots.Additions)
                    throw new InvalidOperationException($"A key was added to store '{Name}' while all its keys were enumerated. Collect the keys first.");
            }
        }
    }

    /// <inheritdoc/>
    public override bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (Mutability<TValue>.CanChangeInPlace)
            Touched();
        int number = _slots.Find(key);
        if (number < 0)
        {
            value = default;
            return false;
        }

        ref Slot slot = ref _slots[number];
        value = slot.Value;
        return slot.Live;
    }

    /// <inheritdoc/>
    public override void Put(TKey key, TValue value)
    {
        if (value is null)
            throw NoNulls(nameof(value));
        Set(_slots.FindOrAdd(key), value);
    }

    /// <inheritdoc/>
    public override bool TryAdd(TKey key, TValue value)
    {
        if (value is null)
            throw NoNulls(nameof(value));
        int number = _slots.FindOrAdd(key);
        if (_slots[number].Live)
            return false;
        Set(number, value);
        return true;
    }

    /// <inheritdoc/>
    public override bool Delete(TKey key)
    {
        int number = _slots.Find(key);
        if (number < 0 || !_slots[number].Live)
            return false;
        Touched();
        _count--;
        ref Slot slot = ref _slots[number];
        // What comes and goes between two commits, as windows do that are caught up with, was never written, and nobody need know of it.
        if (!slot.Written && (!KeepsMarks || slot.Mark == SpentMark))
        {
            if (slot.Change > 0)
                _dirty[slot.Change - 1] = Removed;
            _slots.Remove(number);
            return true;
        }

        (slot.Live, slot.Value) = (false, default);
        MarkDirty(number, ref slot);
        return true;
    }

    internal override void PrefetchHint(int hint) => _slots.Fetch(hint);

    internal override void FetchEntries() => _slots.FetchEntries();

    internal override ref int MarkOf(TKey key)
    {
        int number = _slots.Find(key);
        return ref number >= 0 && _slots[number].Change > 0 ? ref _slots[number].Mark : ref Unsafe.NullRef<int>();
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
        int number = _slots.Find(keySerde.Deserialize(record.Key));
        // Of two records of the key in this segment the first one met is written again as what the key has now.
        if (number < 0 || _slots[number].Segment != record.Position.Segment)
            return;
        ref Slot slot = ref _slots[number];
        Died(slot.Segment);
        slot.Segment = Log!.Add(record.Key, slot.Value!, valueSerde).Segment;
    }

    internal override void Sweep(int budget, Func<TValue, bool> isExpired)
    {
        for (int left = Math.Min(budget, _slots.End); left > 0; left--)
        {
            _swept = _swept < _slots.End ? _swept : 0;
            int number = _swept++;
            if (!_slots.IsUsed(number) || !_slots[number].Live || !isExpired(_slots[number].Value!))
                continue;
            if (HasChangelog)
                Delete(_slots.KeyOf(number));
            else if (_slots[number].Change == 0)
                Forget(number);
        }
    }

    internal override bool TryEvict(in LogRecord record)
    {
        int number = _slots.Find(keySerde.Deserialize(record.Key));
        if (number < 0 || _slots[number].Segment != record.Position.Segment)
            return true;
        if (_slots[number].Change > 0)
            return false;
        Forget(number);
        return true;
    }

    internal override void Clear()
    {
        _slots.Clear();
        _dirty.Clear();
        _count = 0;
    }

    internal override void Flush(ChangelogWriter changelog)
    {
        for (int i = 0; i < _dirty.Count; i++)
        {
            if (i + FlushAhead < _dirty.Count)
                _slots.Fetch(_dirty[i + FlushAhead]);
            int number = _dirty[i];
            if (number == Removed)
                continue;
            ref Slot slot = ref _slots[number];
            (slot.Change, slot.Mark) = (0, 0);
            Died(slot.Segment);
            TKey key = _slots.KeyOf(number);
            if (slot.Live && !HasChangelog && Log is null)
                continue;
            if (slot.Live)
            {
                changelog.Write(key, keySerde, slot.Value!, valueSerde);
                slot.Segment = Log is null ? 0 : Log.Add(changelog.Key, changelog.Value).Segment;
                slot.Written = true;
            }
            else
            {
                if (slot.Written)
                {
                    changelog.WriteDeleted(key, keySerde);
                    Log?.AddDeleted(changelog.Key);
                }

                _slots.Remove(number);
            }
        }

        _dirty.Clear();
    }

    private void Set(int number, TValue value)
    {
        Touched();
        ref Slot slot = ref _slots[number];
        slot.Value = value;
        if (!slot.Live)
        {
            slot.Live = true;
            _count++;
        }

        if (TracksChanges)
            MarkDirty(number, ref slot);
    }

    private void Take(TKey key, TValue value, int segment)
    {
        int number = _slots.Find(key);
        if (number < 0)
            (number, _count) = (_slots.Add(key), _count + 1);
        ref Slot slot = ref _slots[number];
        Died(slot.Segment);
        slot = new Slot { Value = value, Live = true, Written = true, Segment = segment };
    }

    private void Forget(TKey key)
    {
        if (_slots.Find(key) is >= 0 and var number)
            Forget(number);
    }

    private void Forget(int number)
    {
        Died(_slots[number].Segment);
        _slots.Remove(number);
        _count--;
    }

    private void Died(int segment)
    {
        if (segment != 0)
            Log?.Log.Died(segment);
    }

    private void MarkDirty(int number, ref Slot slot)
    {
        if (slot.Change > 0)
            return;
        _dirty.Add(number);
        slot.Change = _dirty.Count;
    }

    private struct Slot
    {
        public TValue? Value;

        /// <summary>Segment of the local log that has the value last committed; 0 for none.</summary>
        public int Segment;
        /// <summary>Its number among the keys changed since the last commit, from 1; 0 when it has not changed.</summary>
        public int Change;
        public int Mark;
        public bool Live;

        /// <summary>Whether the changelog has a value of the key.</summary>
        public bool Written;
    }
}
