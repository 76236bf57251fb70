using System.Runtime.InteropServices;
using UsageStreams.Streams.Internal.Tables;

namespace UsageStreams.Streams.Internal.Joins;

/// <summary>The records that wait for partners: kept in a store, found by key and time, taken out by the end of their windows.</summary>
internal sealed class JoinBuffer<TKey, TLeft, TRight>
    where TKey : notnull
{
    private readonly KeyValueStore<BufferKey<TKey>, Buffered<TLeft, TRight>> _store;
    private readonly JoinBounds _bounds;
    private readonly Dictionary<(TKey Key, bool IsLeft), List<BufferKey<TKey>>> _byTime = [];
    private readonly ExpiryQueue<BufferKey<TKey>> _expiry = new();
    private long _number;

    public JoinBuffer(KeyValueStore<BufferKey<TKey>, Buffered<TLeft, TRight>> store, JoinBounds bounds)
    {
        _store = store;
        _bounds = bounds;
        // By number, so that equal times lie in the order in which they came.
        foreach (BufferKey<TKey> key in store.All.Select(static entry => entry.Key).OrderBy(static key => key.Number))
        {
            Index(key);
            _number = key.Number + 1;
        }
    }

    public void Add(TKey key, long time, in Either<TLeft, TRight> record, bool isMatched)
    {
        var added = new BufferKey<TKey>(key, record.IsLeft, time, _number++);
        _store.Put(added, new Buffered<TLeft, TRight>(record, isMatched));
        Index(added);
    }

    /// <summary>The records of one side of a key in the order of their times, and where those from <paramref name="from"/> on begin.</summary>
    public ReadOnlySpan<BufferKey<TKey>> From(TKey key, bool left, long from) => _byTime.TryGetValue((key, left), out List<BufferKey<TKey>>? keys)
        ? CollectionsMarshal.AsSpan(keys)[IndexFrom(keys, from)..]
        : [];

    /// <summary>A record that has found a partner now, if it had not before.</summary>
    public Either<TLeft, TRight> Match(in BufferKey<TKey> key)
    {
        Buffered<TLeft, TRight> found = _store.Get(key);
        // That a record is not alone matters only where it would be sent alone.
        if (!found.IsMatched && _bounds.Keeps(key.IsLeft))
            _store.Put(key, found with { IsMatched = true });
        return found.Record;
    }

    public bool TryTakeEnded(long now, out List<BufferKey<TKey>>? ended) => _expiry.TryTake(now, out ended);

    public Buffered<TLeft, TRight> Remove(in BufferKey<TKey> key)
    {
        Buffered<TLeft, TRight> removed = _store.Get(key);
        _store.Delete(key);
        List<BufferKey<TKey>> keys = _byTime[(key.Key, key.IsLeft)];
        // What ends is the earliest, or near it.
        keys.Remove(key);
        if (keys.Count == 0)
            _byTime.Remove((key.Key, key.IsLeft));
        return removed;
    }

    private void Index(in BufferKey<TKey> key)
    {
        ref List<BufferKey<TKey>>? keys = ref CollectionsMarshal.GetValueRefOrAddDefault(_byTime, (key.Key, key.IsLeft), out _);
        keys ??= [];
        keys.Insert(IndexFrom(keys, key.Time + 1), key);
        _expiry.Add(_bounds.End(key.IsLeft, key.Time), key);
    }

    private static int IndexFrom(List<BufferKey<TKey>> keys, long time)
    {
        (int low, int high) = (0, keys.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (keys[middle].Time < time)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
