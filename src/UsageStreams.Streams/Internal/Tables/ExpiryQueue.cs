using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace UsageStreams.Streams.Internal.Tables;

/// <summary>Items by the time at which they end. Taking what has ended costs as much as there is of it, however much remains.</summary>
internal sealed class ExpiryQueue<T>
{
    private readonly Dictionary<long, List<T>> _byEnd = [];
    private readonly PriorityQueue<long, long> _ends = new();

    public void Add(long end, T item)
    {
        ref List<T>? items = ref CollectionsMarshal.GetValueRefOrAddDefault(_byEnd, end, out bool exists);
        if (!exists)
        {
            items = [];
            _ends.Enqueue(end, end);
        }

        items!.Add(item);
    }

    /// <summary>Takes the items of the earliest end, if that is not after <paramref name="time"/>.</summary>
    public bool TryTake(long time, [NotNullWhen(true)] out List<T>? items)
    {
        items = null;
        if (!_ends.TryPeek(out long end, out _) || end > time)
            return false;
        _ends.Dequeue();
        return _byEnd.Remove(end, out items);
    }
}
