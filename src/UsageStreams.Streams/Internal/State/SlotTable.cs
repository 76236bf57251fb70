using System.Numerics;

namespace UsageStreams.Streams.Internal.State;

/// <summary>
/// A hash table whose entries stay where they are: they are named by a number, so that what was found once need not be found again. Entries are in
/// chunks, which are never copied when the table grows.
/// </summary>
internal sealed class SlotTable<TKey, TSlot>
    where TKey : notnull
    where TSlot : struct
{
    private const int ChunkBits = 12;
    private const int ChunkMask = (1 << ChunkBits) - 1;
    private const int Nothing = -1;
    private const int Free = -2;

    private Entry[][] _chunks = [];
    private int[] _buckets = NewBuckets(16);
    private int _shift = 32 - BitOperations.Log2(16);
    private int _used;
    private int _free = Nothing;
    private int _last;

    public int Count { get; private set; }

    /// <summary>Grows with each key added.</summary>
    public int Additions { get; private set; }

    /// <summary>Entries ever used: numbers are below it.</summary>
    public int End => _used;

    public ref TSlot this[int number] => ref At(number).Slot;

    public TKey KeyOf(int number) => At(number).Key;

    public bool IsUsed(int number) => At(number).Next != Free;

    /// <summary>The number of a key; -1 when it is not there.</summary>
    public int Find(TKey key)
    {
        // A look-up is often followed by a change of the same key.
        if (_last < _used)
        {
            ref Entry last = ref At(_last);
            if (last.Next != Free && EqualityComparer<TKey>.Default.Equals(last.Key, key))
                return _last;
        }

        int hash = key.GetHashCode();
        for (int number = _buckets[BucketOf(hash)]; number != Nothing;)
        {
            ref Entry entry = ref At(number);
            if (entry.Hash == hash && EqualityComparer<TKey>.Default.Equals(entry.Key, key))
                return _last = number;
            number = entry.Next;
        }

        return Nothing;
    }

    /// <summary>Adds a key that is not there, with an empty slot.</summary>
    public int Add(TKey key)
    {
        if (Count >= _buckets.Length)
            Grow();
        int number = _free;
        if (number != Nothing)
            _free = At(number).Hash;
        else
            number = NewEntry();
        int hash = key.GetHashCode();
        ref int bucket = ref _buckets[BucketOf(hash)];
        At(number) = new Entry { Key = key, Hash = hash, Next = bucket };
        bucket = number;
        Count++;
        Additions++;
        return _last = number;
    }

    /// <summary>Removes an entry; its number may be given to another key.</summary>
    public void Remove(int number)
    {
        ref Entry entry = ref At(number);
        ref int link = ref _buckets[BucketOf(entry.Hash)];
        while (link != number)
            link = ref At(link).Next;
        link = entry.Next;
        entry = new Entry { Key = default!, Hash = _free, Next = Free };
        _free = number;
        Count--;
    }

    public void Clear()
    {
        (_chunks, _used, _free, _last, Count) = ([], 0, Nothing, 0, 0);
        Rehash(16);
    }

    /// <summary>Forgets all entries and keeps their room for those that come.</summary>
    public void Empty()
    {
        for (int left = _used, chunk = 0; left > 0; left -= 1 << ChunkBits, chunk++)
            Array.Clear(_chunks[chunk], 0, Math.Min(left, 1 << ChunkBits));
        (_used, _free, _last, Count) = (0, Nothing, 0, 0);
        Array.Fill(_buckets, Nothing);
    }

    private static int[] NewBuckets(int length)
    {
        int[] buckets = GC.AllocateUninitializedArray<int>(length);
        Array.Fill(buckets, Nothing);
        return buckets;
    }

    private ref Entry At(int number) => ref _chunks[number >> ChunkBits][number & ChunkMask];

    // The high bits of a product with an odd number depend on all bits of the hash.
    private int BucketOf(int hash) => (int)((uint)hash * 2654435769u >> _shift);

    private int NewEntry()
    {
        int chunk = _used >> ChunkBits;
        if (chunk == _chunks.Length)
            Array.Resize(ref _chunks, Math.Max(4, _chunks.Length * 2));
        _chunks[chunk] ??= new Entry[1 << ChunkBits];
        return _used++;
    }

    private void Grow() => Rehash(checked(_buckets.Length * 2));

    private void Rehash(int length)
    {
        _buckets = NewBuckets(length);
        _shift = 32 - BitOperations.Log2((uint)length);
        for (int number = 0; number < _used; number++)
        {
            ref Entry entry = ref At(number);
            if (entry.Next == Free)
                continue;
            ref int bucket = ref _buckets[BucketOf(entry.Hash)];
            entry.Next = bucket;
            bucket = number;
        }
    }

    private struct Entry
    {
        public TKey Key;
        public TSlot Slot;
        public int Hash;

        /// <summary>The next entry of the bucket, or that the entry is free: <see cref="Hash"/> is the next free one then.</summary>
        public int Next;
    }
}
