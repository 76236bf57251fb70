using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace UsageStreams.Streams.Internal.State;

/// <summary>
/// A hash table whose entries stay where they are: they are named by a number, so that what was found once need not be found again. Entries are in
/// chunks, which are never copied when the table grows. Beside them is an index of hashes and numbers with open addressing: that a key is not there
/// is seen without a look at any entry.
/// </summary>
internal sealed class SlotTable<TKey, TSlot>
    where TKey : notnull
    where TSlot : struct
{
    private const int ChunkBits = 12;
    private const int ChunkMask = (1 << ChunkBits) - 1;
    private const int Smallest = 16;
    private const int Nothing = -1;

    // Smaller ones stay in the processor's caches anyway.
    private const int WorthFetching = 1 << 15;
    private const int MostExpected = 32;

    private Entry[][] _chunks = [];
    private Place[] _index = new Place[Smallest];
    private int _shift = 32 - BitOperations.Log2(Smallest);
    private int _used;
    private int _free = Nothing;
    private int _last;

    // The key that was looked for in vain last: mostly it is added next.
    private TKey? _missed;
    private int _hashOfMissed;
    private bool _hasMissed;

    // Hashes of keys that will be looked for soon.
    private readonly int[] _expected = new int[MostExpected];
    private int _expecting;

    public int Count { get; private set; }

    /// <summary>Grows with each key added.</summary>
    public int Additions { get; private set; }

    /// <summary>Entries ever used: numbers are below it.</summary>
    public int End => _used;

    /// <summary>The entry that was found or added last: whoever looks for its key next finds it at once.</summary>
    public int Last
    {
        get => _last;
        set => _last = value;
    }

    public ref TSlot this[int number] => ref At(number).Slot;

    public TKey KeyOf(int number) => At(number).Key;

    public bool IsUsed(int number) => At(number).IsUsed;

    /// <summary>The number of a key; -1 when it is not there.</summary>
    public int Find(TKey key)
    {
        if (IsLast(key))
            return _last;
        int hash = key.GetHashCode();
        int number = Find(key, hash);
        if (number == Nothing)
            (_missed, _hashOfMissed, _hasMissed) = (key, hash, true);
        return number;
    }

    /// <summary>The number of a key, which is added with an empty slot when it is not there.</summary>
    public int FindOrAdd(TKey key)
    {
        if (_hasMissed && EqualityComparer<TKey>.Default.Equals(_missed, key))
            return Add(key, _hashOfMissed);
        if (IsLast(key))
            return _last;
        int hash = key.GetHashCode();
        int number = Find(key, hash);
        return number == Nothing ? Add(key, hash) : number;
    }

    /// <summary>Adds a key that is not there, with an empty slot.</summary>
    public int Add(TKey key) => Add(key, key.GetHashCode());

    /// <summary>Removes an entry; its number may be given to another key.</summary>
    public void Remove(int number)
    {
        ref Entry entry = ref At(number);
        int at = HomeOf(entry.Hash);
        while (_index[at].Number != number || _index[at].IsEmpty)
            at = (at + 1) & (_index.Length - 1);
        CloseGap(at);
        entry = new Entry { Key = default!, Hash = _free };
        _free = number;
        Count--;
    }

    public void Clear()
    {
        (_chunks, _used, _free, _last, Count) = ([], 0, Nothing, 0, 0);
        Rehash(Smallest);
    }

    /// <summary>First step of fetching what a key that will be looked for soon needs: its place in the index.</summary>
    public unsafe void Prefetch(TKey key)
    {
        if (_index.Length < WorthFetching || _expecting == MostExpected || !Sse.IsSupported)
            return;
        int hash = key.GetHashCode();
        _expected[_expecting++] = hash;
        Sse.Prefetch0(Unsafe.AsPointer(ref _index[HomeOf(hash)]));
    }

    /// <summary>Second step, when the index has come: the entries, and then the text or object that is the key or in it.</summary>
    public unsafe void FetchEntries()
    {
        int found = 0;
        for (int i = 0; i < _expecting; i++)
        {
            ref Place place = ref _index[HomeOf(_expected[i])];
            if (place.IsEmpty)
                continue;
            Fetch((byte*)Unsafe.AsPointer(ref At(place.Number)));
            _expected[found++] = place.Number;
        }

        _expecting = 0;
        if (!RuntimeHelpers.IsReferenceOrContainsReferences<TKey>())
            return;
        // A struct has its references first.
        for (int i = 0; i < found; i++)
            Sse.Prefetch0(*(void**)Unsafe.AsPointer(ref At(_expected[i]).Key));
    }

    /// <summary>Fetches an entry that will be looked at soon.</summary>
    public unsafe void Fetch(int number)
    {
        if (_index.Length >= WorthFetching && (uint)number < (uint)_used && Sse.IsSupported)
            Fetch((byte*)Unsafe.AsPointer(ref At(number)));
    }

    /// <summary>Forgets all entries and keeps their room for those that come.</summary>
    public void Empty()
    {
        for (int left = _used, chunk = 0; left > 0; left -= 1 << ChunkBits, chunk++)
            Array.Clear(_chunks[chunk], 0, Math.Min(left, 1 << ChunkBits));
        (_used, _free, _last, Count) = (0, Nothing, 0, 0);
        Array.Clear(_index);
    }

    // It may lie across two lines of the cache.
    private static unsafe void Fetch(byte* entry)
    {
        Sse.Prefetch0(entry);
        Sse.Prefetch0(entry + Unsafe.SizeOf<Entry>() - 1);
    }

    // A look-up is often followed by a change of the same key.
    private bool IsLast(TKey key)
    {
        if (_last >= _used)
            return false;
        ref Entry last = ref At(_last);
        return last.IsUsed && EqualityComparer<TKey>.Default.Equals(last.Key, key);
    }

    private int Find(TKey key, int hash)
    {
        Place[] index = _index;
        for (int at = HomeOf(hash); ; at = (at + 1) & (index.Length - 1))
        {
            ref Place place = ref index[at];
            if (place.IsEmpty)
                return Nothing;
            if (place.Hash == hash && EqualityComparer<TKey>.Default.Equals(At(place.Number).Key, key))
                return _last = place.Number;
        }
    }

    private int Add(TKey key, int hash)
    {
        _hasMissed = false;
        if ((Count + 1) * 8L > _index.Length * 5L)
            Rehash(checked(_index.Length * 2));
        int number = _free;
        if (number != Nothing)
            _free = At(number).Hash;
        else
            number = NewEntry();
        At(number) = new Entry { Key = key, Hash = hash, IsUsed = true };
        Index(hash, number);
        Count++;
        Additions++;
        return _last = number;
    }

    private ref Entry At(int number) => ref _chunks[number >> ChunkBits][number & ChunkMask];

    // The high bits of a product with an odd number depend on all bits of the hash.
    private int HomeOf(int hash) => (int)((uint)hash * 2654435769u >> _shift);

    private void Index(int hash, int number)
    {
        int at = HomeOf(hash);
        while (!_index[at].IsEmpty)
            at = (at + 1) & (_index.Length - 1);
        _index[at] = new Place(hash, number);
    }

    // What follows moves back unless its home lies between the gap and it, so that nothing needs to be marked as removed.
    private void CloseGap(int gap)
    {
        int mask = _index.Length - 1;
        for (int next = (gap + 1) & mask; !_index[next].IsEmpty; next = (next + 1) & mask)
        {
            int home = HomeOf(_index[next].Hash);
            if (((next - home) & mask) < ((next - gap) & mask))
                continue;
            _index[gap] = _index[next];
            gap = next;
        }

        _index[gap] = default;
    }

    private int NewEntry()
    {
        int chunk = _used >> ChunkBits;
        if (chunk == _chunks.Length)
            Array.Resize(ref _chunks, Math.Max(4, _chunks.Length * 2));
        _chunks[chunk] ??= new Entry[1 << ChunkBits];
        return _used++;
    }

    private void Rehash(int length)
    {
        _index = new Place[length];
        _shift = 32 - BitOperations.Log2((uint)length);
        for (int number = 0; number < _used; number++)
        {
            ref Entry entry = ref At(number);
            if (entry.IsUsed)
                Index(entry.Hash, number);
        }
    }

    /// <summary>Where an entry is; empty by default.</summary>
    private readonly struct Place(int hash, int number)
    {
        private readonly int _number = number + 1;

        public int Hash => hash;

        public int Number => _number - 1;

        public bool IsEmpty => _number == 0;
    }

    private struct Entry
    {
        public TKey Key;
        public TSlot Slot;

        /// <summary>The key's hash; of an entry that is not used, the next such one.</summary>
        public int Hash;
        public bool IsUsed;
    }
}
