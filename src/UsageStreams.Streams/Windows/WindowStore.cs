using System.Diagnostics.CodeAnalysis;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Internal.Windows;

namespace UsageStreams.Streams.Windows;

/// <summary>Values by key and window of one length, found by the window's start.</summary>
public sealed class WindowStore<TKey, TValue> : WindowedStore<TKey, TValue>
    where TKey : notnull
{
    private readonly long _length;

    internal WindowStore(KeyValueStore<Windowed<TKey>, TValue> store, StreamTask task, long length, long retention)
        : base(store, task, retention - length) => _length = length;

    /// <summary>Sets the value of a key in the window that starts at <paramref name="windowStart"/> (Unix ms).</summary>
    /// <returns>False when stream time has left the window behind: nothing is stored then.</returns>
    public bool Put(TKey key, long windowStart, TValue value) => Set(At(key, windowStart), value);

    /// <summary>Looks up the value of a key in the window that starts at <paramref name="windowStart"/> (Unix ms).</summary>
    public bool TryGet(TKey key, long windowStart, [MaybeNullWhen(false)] out TValue value) => Find(At(key, windowStart), out value);

    /// <summary>Removes the value of a key in the window that starts at <paramref name="windowStart"/> (Unix ms).</summary>
    /// <returns>False when there was none.</returns>
    public bool Delete(TKey key, long windowStart) => Delete(At(key, windowStart));

    /// <summary>A key's windows that start at <paramref name="from"/> or after it and before <paramref name="to"/> (Unix ms), in the order of their starts.</summary>
    /// <remarks>Values may be replaced while the range is enumerated by foreach. Adding or removing windows of the key ends the enumeration with an error.</remarks>
    public WindowRange<TKey, TValue> Fetch(TKey key, long from, long to)
    {
        List<TimeWindow> windows = WindowsOf(key);
        return new WindowRange<TKey, TValue>(this, key, windows, WindowIndex<TKey>.From(windows, from), to);
    }

    private Windowed<TKey> At(TKey key, long start) => new(key, new TimeWindow(start, start + _length));
}
