using System.Runtime.CompilerServices;
using UsageStreams.Streams.Internal.Native;

namespace UsageStreams.Streams.Internal.State;

/// <summary>
/// Where the last record of each key lies: open addressing, 12 bytes an entry, in shards that grow one by one so that no growth takes long.
/// Keys themselves are in the log and are looked at when 38 bits of their hashes agree. Entries are in native memory: there is one for every key that
/// was ever kept, and the garbage collector need not know of them.
/// </summary>
internal sealed class KeyIndex(StateLog log)
{
    private const int ShardBits = 6;
    private const int Smallest = 8;

    private readonly Shard[] _shards = [.. Enumerable.Range(0, 1 << ShardBits).Select(static _ => new Shard())];

    public long Count { get; private set; }

    /// <summary>Bytes held in memory.</summary>
    public long Bytes => _shards.Sum(static s => (long)s.Entries.Length * Unsafe.SizeOf<Entry>());

    /// <summary>Looks a key up, and says what <see cref="Add"/> wants to know of one that is not there.</summary>
    public bool TryFind(ReadOnlySpan<byte> key, out LogPosition position, out ulong hash)
    {
        hash = KeyHash.Of(key);
        Shard shard = ShardOf(hash);
        int slot = Find(shard, (uint)hash, key);
        position = slot < 0 ? default : shard.Entries[slot].Position;
        return slot >= 0;
    }

    /// <summary>Adds a key that is not there.</summary>
    public void Add(ulong hash, LogPosition position)
    {
        ShardOf(hash).Add(new Entry { Hash = (uint)hash, Position = position });
        Count++;
    }

    /// <summary>Sets the place of a key.</summary>
    /// <returns>Its place before; segment 0 when it is new.</returns>
    public LogPosition Set(ReadOnlySpan<byte> key, LogPosition position)
    {
        ulong hash = KeyHash.Of(key);
        Shard shard = ShardOf(hash);
        int slot = Find(shard, (uint)hash, key);
        if (slot < 0)
        {
            Add(hash, position);
            return default;
        }

        LogPosition before = shard.Entries[slot].Position;
        shard.Entries[slot].Position = position;
        return before;
    }

    /// <summary>Forgets a key.</summary>
    /// <returns>Its place; segment 0 when there was none.</returns>
    public LogPosition Remove(ReadOnlySpan<byte> key)
    {
        ulong hash = KeyHash.Of(key);
        Shard shard = ShardOf(hash);
        int slot = Find(shard, (uint)hash, key);
        if (slot < 0)
            return default;
        LogPosition position = shard.Entries[slot].Position;
        shard.RemoveAt(slot);
        Count--;
        return position;
    }

    /// <summary>Changes the place of a record that was moved, if it is still the last of its key.</summary>
    public bool IsAt(ReadOnlySpan<byte> key, LogPosition position)
    {
        ulong hash = KeyHash.Of(key);
        Shard shard = ShardOf(hash);
        for (int slot = shard.Home((uint)hash); shard.Entries[slot].Position.Segment != 0; slot = shard.Next(slot))
        {
            if (shard.Entries[slot].Position == position)
                return true;
        }

        return false;
    }

    /// <summary>Every place, in no particular order. Keys may get another place meanwhile, and new ones may be missed.</summary>
    public IEnumerable<LogPosition> All()
    {
        foreach (Shard shard in _shards)
        {
            // What is enumerated must not change below the reader's feet.
            Entry[] entries = shard.Entries.ToArray();
            foreach (Entry entry in entries)
            {
                if (entry.Position.Segment != 0)
                    yield return entry.Position;
            }
        }
    }

    /// <summary>Gives the memory back at once: a collection that finds it may be long in coming.</summary>
    public void Free()
    {
        foreach (Shard shard in _shards)
            shard.Dispose();
    }

    private Shard ShardOf(ulong hash) => _shards[hash >> (64 - ShardBits)];

    private int Find(Shard shard, uint hash, ReadOnlySpan<byte> key)
    {
        Span<Entry> entries = shard.Entries;
        for (int slot = shard.Home(hash); ; slot = shard.Next(slot))
        {
            ref Entry entry = ref entries[slot];
            if (entry.Position.Segment == 0)
                return -1;
            if (entry.Hash == hash && log.Read(entry.Position).Key.SequenceEqual(key))
                return slot;
        }
    }

    private struct Entry
    {
        public uint Hash;
        public LogPosition Position;
    }

    private sealed unsafe class Shard : IDisposable
    {
        private NativeBlock _block = Allocate(Smallest);
        private int _length = Smallest;
        private int _count;

        public Span<Entry> Entries => new(_block.Start, _length);

        /// <summary>Where a hash would like to be: hashes and homes have the same order.</summary>
        public int Home(uint hash) => (int)(((ulong)hash * (uint)_length) >> 32);

        public int Next(int slot) => slot + 1 == _length ? 0 : slot + 1;

        public void Add(Entry entry)
        {
            if ((_count + 1) * 5L > _length * 4L)
                Grow();
            Place(entry);
            _count++;
        }

        /// <summary>Closes the gap, so that nothing needs to be marked as removed.</summary>
        public void RemoveAt(int slot)
        {
            int gap = slot;
            for (int next = Next(slot); Entries[next].Position.Segment != 0; next = Next(next))
            {
                // An entry may move back to the gap unless its home lies between the two.
                int home = Home(Entries[next].Hash);
                bool homeIsBetween = gap < next ? home > gap && home <= next : home > gap || home <= next;
                if (homeIsBetween)
                    continue;
                Entries[gap] = Entries[next];
                gap = next;
            }

            Entries[gap] = default;
            _count--;
        }

        private void Grow()
        {
            using NativeBlock before = _block;
            Span<Entry> entries = Entries;
            _length = checked(_length + (_length / 2));
            _block = Allocate(_length);
            foreach (ref readonly Entry entry in entries)
            {
                if (entry.Position.Segment != 0)
                    Place(entry);
            }
        }

        /// <summary>Nothing is left to be looked at, not even by who holds on to it.</summary>
        public void Dispose()
        {
            _length = 0;
            _block.Dispose();
        }

        private void Place(in Entry entry)
        {
            Span<Entry> entries = Entries;
            int slot = Home(entry.Hash);
            while (entries[slot].Position.Segment != 0)
                slot = Next(slot);
            entries[slot] = entry;
        }

        private static NativeBlock Allocate(int length) => new((nuint)length * (nuint)sizeof(Entry));
    }
}
