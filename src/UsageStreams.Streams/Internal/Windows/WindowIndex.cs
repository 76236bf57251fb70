using System.Runtime.InteropServices;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Internal.Windows;

/// <summary>The windows of each key in the order of their starts, then ends.</summary>
internal sealed class WindowIndex<TKey>
    where TKey : notnull
{
    private static readonly List<TimeWindow> None = [];
    private readonly Dictionary<TKey, List<TimeWindow>> _windows = [];

    // Lists of keys whose windows ended, for keys that come: while windows come and go nothing new is made.
    private readonly Stack<List<TimeWindow>> _free = new();

    public List<TimeWindow> Of(TKey key) => _windows.GetValueOrDefault(key, None);

    /// <summary>Index of the first window that starts at <paramref name="start"/> or after it.</summary>
    public static int From(List<TimeWindow> windows, long start) => From(windows, new TimeWindow(start, long.MinValue));

    public void Add(in Windowed<TKey> key)
    {
        ref List<TimeWindow>? windows = ref CollectionsMarshal.GetValueRefOrAddDefault(_windows, key.Key, out _);
        windows ??= _free.TryPop(out List<TimeWindow>? free) ? free : new List<TimeWindow>(2);
        windows.Insert(From(windows, key.Window), key.Window);
    }

    public void Remove(in Windowed<TKey> key)
    {
        List<TimeWindow> windows = _windows[key.Key];
        windows.RemoveAt(From(windows, key.Window));
        if (windows.Count > 0)
            return;
        _windows.Remove(key.Key);
        _free.Push(windows);
    }

    private static int From(List<TimeWindow> windows, TimeWindow window)
    {
        (int low, int high) = (0, windows.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            TimeWindow found = windows[middle];
            if (found.Start < window.Start || (found.Start == window.Start && found.End < window.End))
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
