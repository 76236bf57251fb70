using System.Diagnostics.CodeAnalysis;
using UsageStreams.Streams.Internal.Tables;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Internal.Windows;

namespace UsageStreams.Streams.Windows;

/// <summary>Values by key and window of one task. What stream time has left behind is removed, which costs as much as there is to remove.</summary>
/// <remarks>
/// A key's windows are found in the order of their times, and a single one at once, however many keys and windows there are. A window is gone with the
/// record that moves stream time past it, so that what is found depends on the records alone; it is deleted from the changelog at the next commit.
/// </remarks>
public abstract class WindowedStore<TKey, TValue>
    where TKey : notnull
{
    private readonly KeyValueStore<Windowed<TKey>, TValue> _store;
    private readonly StreamTask _task;
    private readonly WindowIndex<TKey> _index = new();
    private readonly ExpiryQueue<Windowed<TKey>> _expiry = new();
    private readonly long _keep;
    private long _expired = long.MinValue;

    private protected WindowedStore(KeyValueStore<Windowed<TKey>, TValue> store, StreamTask task, long keepAfterEnd)
    {
        _store = store;
        _task = task;
        _keep = keepAfterEnd;
        foreach ((Windowed<TKey> key, _) in store.All)
            Added(in key);
    }

    /// <summary>Name of the store.</summary>
    public string Name => _store.Name;

    /// <summary>Number of keys and windows.</summary>
    public int Count => Current.Count;

    /// <summary>Every key, window and value, in no particular order.</summary>
    public IEnumerable<KeyValuePair<Windowed<TKey>, TValue>> All => Current.All;

    /// <summary>The store without what stream time has left behind.</summary>
    private KeyValueStore<Windowed<TKey>, TValue> Current
    {
        get
        {
            RemoveExpired();
            return _store;
        }
    }

    /// <summary>Removes what stream time has left behind.</summary>
    internal void Expire(long streamTime)
    {
        _expired = streamTime;
        while (_expiry.TryTake(streamTime, out List<Windowed<TKey>>? ended))
        {
            foreach (Windowed<TKey> key in ended)
                Remove(in key);
        }
    }

    internal bool Find(in Windowed<TKey> key, [MaybeNullWhen(false)] out TValue value) => Current.TryGet(key, out value);

    private protected bool Set(in Windowed<TKey> key, TValue value)
    {
        KeyValueStore<Windowed<TKey>, TValue> store = Current;
        if (key.Window.End + _keep <= _expired)
            return false;
        int before = store.Count;
        store.Put(key, value);
        if (store.Count != before)
            Added(in key);
        return true;
    }

    private protected bool Delete(in Windowed<TKey> key)
    {
        RemoveExpired();
        return Remove(in key);
    }

    /// <summary>A key's windows in the order of their starts.</summary>
    private protected List<TimeWindow> WindowsOf(TKey key)
    {
        RemoveExpired();
        return _index.Of(key);
    }

    private void RemoveExpired()
    {
        if (_task.StreamTime is { } now && now > _expired)
            Expire(now);
    }

    private bool Remove(in Windowed<TKey> key)
    {
        if (!_store.Delete(key))
            return false;
        _index.Remove(in key);
        return true;
    }

    private void Added(in Windowed<TKey> key)
    {
        _index.Add(in key);
        _expiry.Add(key.Window.End + _keep, key);
    }
}
