using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Log;

/// <summary>Where a read begins and ends, decided under the lock; the bytes are then read without it.</summary>
internal readonly record struct ReadPlan(
    ErrorCode Error, LogBounds Bounds, LogSegment? Segment, long Position, long End, long Offset, long BelowOffset, AbortedTransaction[] Aborted)
{
    /// <summary>Reads whole batches into the writer, at most the budget (see <see cref="LogSegment.ReadBatches"/>); returns the bytes read.</summary>
    public int ReadInto(WireWriter writer, int budget, bool atLeastOne)
    {
        if (Segment is null || (budget <= 0 && !atLeastOne))
            return 0;
        try
        {
            return Segment.ReadBatches(Segment.FindBatch(Position, End, Offset), End, BelowOffset, budget, atLeastOne, writer);
        }
        catch (ObjectDisposedException)
        {
            // The segment was deleted in between (topic deleted, records deleted): nothing to read, and the next fetch hears why.
            return 0;
        }
    }
}

internal sealed partial class PartitionLog
{
    /// <summary>Plans a read at the offset: up to the last stable offset for read-committed, else up to the end.</summary>
    public ReadPlan PlanRead(long offset, int budget, bool readCommitted)
    {
        lock (_gate)
        {
            var bounds = BoundsNeedsLock();
            long below = readCommitted ? bounds.Stable : bounds.End;
            if (_closed)
                return Nothing(ErrorCode.UnknownTopicOrPartition, bounds);
            if (offset < bounds.Start || offset > bounds.End)
                return Nothing(ErrorCode.OffsetOutOfRange, new LogBounds(-1, -1, -1));
            if (offset >= below)
                return Nothing(ErrorCode.None, bounds);
            var segment = _segments[FindSegment(offset)];
            long position = segment.Index.PositionAtOrBefore(offset);
            var aborted = readCommitted
                ? _producers.AbortedBetween(offset, Math.Min(below, segment.Index.OffsetAtOrAfter(position + OffsetIndex.Interval + budget) ?? below))
                : [];
            return new ReadPlan(ErrorCode.None, bounds, segment, position, segment.Size, offset, below, aborted);
        }
    }

    /// <summary>
    /// The first record at or after the time, as offset and timestamp, or null. In a compressed batch the batch's first record is
    /// answered, which is at most that early: the broker does not open what clients compressed.
    /// </summary>
    public (long Offset, long Timestamp)? FindByTimestamp(long timestamp, long below)
    {
        lock (_gate)
        {
            foreach (var segment in _segments)
            {
                if (!_closed && segment.MaxTimestamp >= timestamp && FindByTimestampNeedsLock(segment, timestamp, below) is { } found)
                    return found;
            }

            return null;
        }
    }

    /// <summary>The first record that carries the largest timestamp, or null in an empty log.</summary>
    public (long Offset, long Timestamp)? FindMaxTimestamp()
    {
        lock (_gate)
        {
            var newest = _segments.MaxBy(segment => segment.MaxTimestamp);
            return _closed || newest is null || newest.MaxTimestamp < 0
                ? null
                : FindByTimestampNeedsLock(newest, newest.MaxTimestamp, _end);
        }
    }

    private (long Offset, long Timestamp)? FindByTimestampNeedsLock(LogSegment segment, long timestamp, long below)
    {
        byte[] head = new byte[BatchHeader.Length];
        for (long position = segment.Index.PositionForTimestamp(timestamp); position < segment.Size;)
        {
            segment.ReadAt(head, position);
            var header = BatchHeader.Read(head);
            if (header.BaseOffset >= below)
                return null;
            if (header.MaxTimestamp >= timestamp && header.LastOffset >= _start)
            {
                byte[] batch = new byte[header.Size];
                segment.ReadAt(batch, position);
                if (RecordWalk.FirstAtOrAfter(batch, header, timestamp, _start) is { } found)
                    return found;
            }

            position += header.Size;
        }

        return null;
    }

    private int FindSegment(long offset)
    {
        int index = _segments.Count - 1;
        while (index > 0 && _segments[index].BaseOffset > offset)
            index--;
        return index;
    }

    private static ReadPlan Nothing(ErrorCode error, LogBounds bounds) => new(error, bounds, null, 0, 0, 0, 0, []);
}
