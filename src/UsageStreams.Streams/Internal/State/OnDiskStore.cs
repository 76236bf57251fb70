using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using UsageStreams.Streams.Internal.Faults;

namespace UsageStreams.Streams.Internal.State;

/// <summary>
/// A store whose values are in its task's log. In memory are the places of its keys, what was changed since the last commit, and of what was read or
/// written lately as many values as it may keep beyond that. Where there is no changelog to write to, what is new goes to the log's next batch at once: most
/// of it, like the ids of a deduplication, is never touched again.
/// </summary>
internal sealed class OnDiskStore<TKey, TValue>(string name, ISerde<TKey> keySerde, ISerde<TValue> valueSerde, int cached = 0) : KeyValueStore<TKey, TValue>(name)
    where TKey : notnull
{
    private const int Unchanged = int.MaxValue;

    private readonly SlotTable<TKey, Slot> _slots = new();
    private readonly List<int> _dirty = [];
    private readonly ArrayBufferWriter<byte> _key = new();
    private KeyIndex? _index;
    private int _count;
    private bool _isClosed;

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
                int number = _dirty[i];
                if (_slots[number].Live)
                    yield return KeyValuePair.Create(_slots.KeyOf(number), _slots[number].Value!);
            }

            foreach (LogPosition position in Index.All())
            {
                if (Committed(position, changed) is { } entry)
                    yield return entry;
            }
        }
    }

    private KeyIndex Index => _index ?? NewIndex();

    // A value that can be changed in place is written as it is at the commit.
    private bool AddsAtOnce => !HasChangelog && !KeepsMarks && !Mutability<TValue>.CanChangeInPlace;

    /// <inheritdoc/>
    public override bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (Mutability<TValue>.CanChangeInPlace)
            Touched();
        int number = _slots.Find(key);
        if (number >= 0)
        {
            ref Slot slot = ref _slots[number];
            value = slot.Value;
            return slot.Live;
        }

        if (!Index.TryFind(Bytes(key), out LogPosition position, out _))
        {
            value = default;
            return false;
        }

        value = valueSerde.Deserialize(Log!.Log.Read(position).Value)!;
        if (_slots.Count - _dirty.Count < cached)
            _slots[_slots.Add(key)] = new Slot { Value = value, Live = true, Order = Unchanged };
        return true;
    }

    /// <inheritdoc/>
    public override void Put(TKey key, TValue value)
    {
        if (value is null)
            throw NoNulls(nameof(value));
        int number = _slots.Find(key);
        if (number >= 0)
            Set(number, _slots[number].Live, value);
        else if (Index.TryFind(Bytes(key), out _, out ulong hash))
            Set(NewSlot(key), isLive: true, value);
        else
            AddNew(key, hash, value);
    }

    /// <inheritdoc/>
    public override bool TryAdd(TKey key, TValue value)
    {
        if (value is null)
            throw NoNulls(nameof(value));
        int number = _slots.Find(key);
        if (number >= 0)
        {
            if (_slots[number].Live)
                return false;
            Set(number, isLive: false, value);
            return true;
        }

        if (Index.TryFind(Bytes(key), out _, out ulong hash))
            return false;
        AddNew(key, hash, value);
        return true;
    }

    /// <inheritdoc/>
    public override bool Delete(TKey key)
    {
        int number = _slots.Find(key);
        if (!(number < 0 ? Index.TryFind(Bytes(key), out _, out _) : _slots[number].Live))
            return false;
        _count--;
        ref Slot slot = ref MarkDirty(number < 0 ? NewSlot(key) : number);
        (slot.Live, slot.Value) = (false, default);
        return true;
    }

    internal override ref int MarkOf(TKey key)
    {
        int number = _slots.Find(key);
        return ref number >= 0 && _slots[number].IsDirty ? ref _slots[number].Mark : ref Unsafe.NullRef<int>();
    }

    internal override void Restore(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool deleted)
    {
        if (_slots.Count > 0)
            _slots.Empty();
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
        if (_slots.Count > 0 && _slots.Find(keySerde.Deserialize(record.Key)) is >= 0 and var number)
        {
            if (_slots[number].IsDirty)
                return false;
            _slots.Remove(number);
        }

        Died(Index.Remove(record.Key));
        _count--;
        return true;
    }

    internal override void Clear()
    {
        _slots.Clear();
        _dirty.Clear();
        ForgetIndex();
        _count = 0;
    }

    internal override void Close()
    {
        _isClosed = true;
        ForgetIndex();
    }

    internal override void Flush(ChangelogWriter changelog)
    {
        foreach (int number in _dirty)
        {
            TKey key = _slots.KeyOf(number);
            ref Slot slot = ref _slots[number];
            if (slot.Live)
            {
                changelog.Write(key, keySerde, slot.Value!, valueSerde);
                Add(changelog.Key, changelog.Value);
                (slot.Order, slot.Mark) = (Unchanged, 0);
            }
            else
            {
                WriteDeleted(key, changelog);
                if (cached > 0)
                    _slots.Remove(number);
            }
        }

        _dirty.Clear();
        // What is used again is read again once: cheaper than knowing the order of use.
        if (_slots.Count > cached)
            _slots.Empty();
    }

    // What came and went between two commits was never written.
    private void WriteDeleted(TKey key, ChangelogWriter changelog)
    {
        if (!Index.TryFind(Bytes(key), out _, out _))
            return;
        changelog.WriteDeleted(key, keySerde);
        AddDeleted(changelog.Key);
    }

    private KeyIndex NewIndex()
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        return _index = new KeyIndex(Log!.Log);
    }

    private void ForgetIndex()
    {
        _index?.Free();
        _index = null;
    }

    private KeyValuePair<TKey, TValue>? Committed(LogPosition position, int changed)
    {
        LogRecord record = Log!.Log.Read(position);
        TKey key = keySerde.Deserialize(record.Key);
        int number = _slots.Find(key);
        if (number < 0)
            return KeyValuePair.Create(key, valueSerde.Deserialize(record.Value));
        ref Slot slot = ref _slots[number];
        return slot.Order < changed || !slot.Live ? null : KeyValuePair.Create(key, slot.Value!);
    }

    private int NewSlot(TKey key)
    {
        int number = _slots.Add(key);
        _slots[number].Order = Unchanged;
        return number;
    }

    /// <summary>Adds the key whose bytes were looked up last.</summary>
    private void AddNew(TKey key, ulong hash, TValue value)
    {
        if (!AddsAtOnce)
        {
            Set(NewSlot(key), isLive: false, value);
            return;
        }

        Touched();
        Index.Add(hash, Log!.Add(_key.WrittenSpan, value, valueSerde));
        _count++;
    }

    private void Set(int number, bool isLive, TValue value)
    {
        ref Slot slot = ref MarkDirty(number);
        (slot.Value, slot.Live) = (value, true);
        _count += isLive ? 0 : 1;
    }

    private ref Slot MarkDirty(int number)
    {
        Touched();
        ref Slot slot = ref _slots[number];
        if (!slot.IsDirty)
        {
            slot.Order = _dirty.Count;
            _dirty.Add(number);
        }

        return ref slot;
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

    private struct Slot
    {
        public TValue? Value;

        /// <summary>How many were changed before it since the last commit; <see cref="Unchanged"/> for what was only read.</summary>
        public int Order;
        public int Mark;
        public bool Live;

        public readonly bool IsDirty => Order != Unchanged;
    }
}
