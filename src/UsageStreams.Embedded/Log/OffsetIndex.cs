namespace UsageStreams.Embedded.Log;

/// <summary>Where a batch begins, and the largest timestamp of everything before it in its segment.</summary>
internal readonly record struct IndexEntry(long Offset, long Position, long MaxTimestampBefore);

/// <summary>One entry per few kilobytes of a segment, in memory only: a start reads the files anyway.</summary>
internal sealed class OffsetIndex
{
    public const int Interval = 4096;

    private readonly List<IndexEntry> _entries = [];

    public void Add(long offset, long position, long maxTimestampBefore)
    {
        if (_entries.Count == 0 || position - _entries[^1].Position >= Interval)
            _entries.Add(new IndexEntry(offset, position, maxTimestampBefore));
    }

    /// <summary>Position at or before the batch that holds the offset.</summary>
    public long PositionAtOrBefore(long offset)
    {
        int index = FirstWhere(entry => entry.Offset > offset);
        return index == 0 ? 0 : _entries[index - 1].Position;
    }

    /// <summary>An offset that lies behind everything before the position, or null when nothing is indexed there.</summary>
    public long? OffsetAtOrAfter(long position)
    {
        int index = FirstWhere(entry => entry.Position >= position);
        return index == _entries.Count ? null : _entries[index].Offset;
    }

    /// <summary>Position from which on a record of this time or later may first appear.</summary>
    public long PositionForTimestamp(long timestamp)
    {
        int index = FirstWhere(entry => entry.MaxTimestampBefore >= timestamp);
        return index == 0 ? 0 : _entries[index - 1].Position;
    }

    private int FirstWhere(Func<IndexEntry, bool> holds)
    {
        int low = 0;
        int high = _entries.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (holds(_entries[middle]))
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }
}
