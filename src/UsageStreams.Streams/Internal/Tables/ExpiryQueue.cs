using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace UsageStreams.Streams.Internal.Tables;

/// <summary>Items by the time at which they end. Taking what has ended costs as much as there is of it, however much remains.</summary>
internal sealed class ExpiryQueue<T>
{
    // More would keep what one burst of open ends needed.
    private const int KeptLists = 4;

    private readonly Dictionary<long, List<T>> _byEnd = [];
    private readonly PriorityQueue<long, long> _ends = new();
    private readonly Stack<List<T>> _free = new(KeptLists);
    private List<T>? _taken;

    public void Add(long end, T item)
    {
        ref List<T>? items = ref CollectionsMarshal.GetValueRefOrAddDefault(_byEnd, end, out bool exists);
        if (!exists)
        {
            items = _free.TryPop(out List<T>? free) ? free : [];
            _ends.Enqueue(end, end);
        }

        items!.Add(item);
    }

    /// <summary>Takes the items of the earliest end, if that is not after <paramref name="time"/>. The list is good until the next call.</summary>
    public bool TryTake(long time, [NotNullWhen(true)] out List<T>? items)
    {
        items = null;
        Reuse();
        if (!_ends.TryPeek(out long end, out _) || end > time)
            return false;
        _ends.Dequeue();
        _byEnd.Remove(end, out _taken);
        items = _taken!;
        return true;
    }

    private void Reuse()
    {
        if (_taken is not null && _free.Count < KeptLists)
        {
            _taken.Clear();
            _free.Push(_taken);
        }

        _taken = null;
    }
}
