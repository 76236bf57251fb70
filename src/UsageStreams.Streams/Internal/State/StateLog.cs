namespace UsageStreams.Streams.Internal.State;

/// <summary>
/// The committed state of one task, beside the task: an append-only log of batches, one or more for each commit and never one before it.
/// </summary>
/// <remarks>
/// Every whole prefix of the log is a state with the checkpoint of its last batch, so a torn end costs nothing but reading more of the
/// changelogs. The oldest segment is compacted into the newest a little with each commit once more than half of all records are obsolete.
/// </remarks>
internal sealed class StateLog : IDisposable
{
    private const int CompactionFloor = 10_000;

    private readonly SegmentFolder _folder;
    private readonly string _identity;
    private readonly int _stores;
    private readonly int _segmentBytes;
    private readonly List<LogSegment> _segments = [];
    private readonly LogBatch _batch;
    private readonly LogCompaction _compaction;
    private LogSegment _active = null!;
    private long _records;
    private long _live;

    public StateLog(SegmentFolder folder, string identity, int stores, int segmentBytes)
    {
        (_folder, _identity, _stores, _segmentBytes) = (folder, identity, stores, segmentBytes);
        _batch = new LogBatch(stores);
        _compaction = new LogCompaction(this, stores);
    }

    /// <summary>Number of the segment that the records of the next append go to.</summary>
    public int ActiveSegment => _active.Number;

    /// <summary>Bytes waiting for the next append.</summary>
    public int Pending => _batch.Records == 0 ? 0 : _batch.Length;

    /// <summary>Segments from the oldest to the active one.</summary>
    public IReadOnlyList<LogSegment> Segments => _segments;

    /// <summary>Reads what is there, record by record.</summary>
    /// <returns>The last checkpoint; null when there is nothing.</returns>
    /// <exception cref="StaleStateException">What is there is corrupt, or belongs to something else.</exception>
    public Checkpoint? Load(LogRecordTaker take)
    {
        Checkpoint? last = null;
        int oldest = 0;
        IReadOnlyList<int> numbers = _folder.Numbers();
        for (int i = 0; i < numbers.Count; i++)
        {
            if (i > 0 && numbers[i] != numbers[i - 1] + 1)
                throw new StaleStateException($"segment {numbers[i - 1] + 1} is missing");
            Open(numbers[i]);
            if (i > 0 && _active.After != _segments[i - 1].End)
                throw new StaleStateException($"segment {numbers[i - 1]} ended at {_active.After}, and its batches end at {_segments[i - 1].End}");
            if (Load(_active, isLast: i == numbers.Count - 1, take, ref oldest) is { } checkpoint)
                last = checkpoint;
        }

        if (_segments.Count == 0)
        {
            Roll();
            return null;
        }

        if (last is not null && _segments[0].Number > oldest)
            throw new StaleStateException($"segment {oldest} is missing");
        return last;
    }

    /// <summary>Deletes everything and begins anew.</summary>
    public void Clear()
    {
        Delete();
        Roll();
    }

    /// <summary>Deletes everything. The log must not be used any more.</summary>
    public void Delete()
    {
        Close();
        foreach (int number in _folder.Numbers())
            _folder.Delete(number);
        (_records, _live) = (0, 0);
        _batch.Drop();
    }

    /// <summary>Adds a record to what the next <see cref="Append"/> writes.</summary>
    /// <returns>Where it will lie.</returns>
    public LogPosition Add(int store, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool deleted)
    {
        var position = new LogPosition(_active.Number, _active.Segment.Length + _batch.Add(store, key, value, deleted));
        Count(_active, deleted);
        return position;
    }

    /// <summary>A record in this segment is no longer the last of its key.</summary>
    public void Died(int segment)
    {
        _segments[segment - _segments[0].Number].Live--;
        _live--;
    }

    /// <summary>Counts a record that was read when the log was loaded.</summary>
    public void Loaded(in LogRecord record) => Count(_segments[record.Position.Segment - _segments[0].Number], record.IsDeleted);

    /// <summary>The record at a position, until the next append.</summary>
    public LogRecord Read(LogPosition position)
    {
        LogSegment segment = _segments[position.Segment - _segments[0].Number];
        return segment == _active && position.Offset >= _active.Segment.Length
            ? LogBatch.ReadRecord(_batch.At(position.Offset - _active.Segment.Length), position, out _)
            : LogBatch.ReadRecord(segment.Segment.Read(position.Offset, segment.Segment.Length - position.Offset), position, out _);
    }

    /// <summary>Writes what was added, with the checkpoint that it makes true; then compacts a little, if it is time or <paramref name="wanted"/>.</summary>
    /// <exception cref="IOException">The disk refuses. The log must not be used any more.</exception>
    public void Append(Checkpoint checkpoint, LogRecordMover move, bool wanted = false)
    {
        int added = _batch.Records;
        Write(checkpoint, _compaction.OldestNeeded);
        if (_compaction.IsRunning || wanted || _records > (2 * _live) + CompactionFloor)
            _compaction.Step(checkpoint, move, 256 + (2 * added));
    }

    public void Dispose()
    {
        Close();
        _folder.Dispose();
    }

    /// <summary>Writes the batch, and begins the next segment when this one is full.</summary>
    internal void Write(Checkpoint checkpoint, int oldest)
    {
        _active.Segment.Append(_batch.Finish(checkpoint, oldest));
        if (_active.Segment.Length >= _segmentBytes)
            Roll();
    }

    /// <summary>Forgets the oldest segment, which nothing needs any more.</summary>
    internal void DeleteOldest()
    {
        LogSegment oldest = _segments[0];
        _records -= oldest.Records;
        _live -= oldest.Live;
        oldest.Segment.Dispose();
        _segments.RemoveAt(0);
        _folder.Delete(oldest.Number);
    }

    private Checkpoint? Load(LogSegment segment, bool isLast, LogRecordTaker take, ref int oldest)
    {
        Checkpoint? last = null;
        int offset = segment.Start;
        while (true)
        {
            ReadOnlySpan<byte> payload = segment.Batch(offset, _stores);
            if (payload.IsEmpty)
                break;
            last = LogBatch.ReadCheckpoint(payload, _stores, out oldest);
            int position = LogBatch.HeaderBytes(_stores);
            while (position < payload.Length)
            {
                take(LogBatch.ReadRecord(payload[position..], new LogPosition(segment.Number, offset + LogBatch.FrameBytes + position), out int size));
                position += size;
            }

            offset += LogBatch.FrameBytes + payload.Length;
        }

        segment.End = offset;
        if (isLast)
            segment.Segment.Truncate(offset);
        else if (!segment.EndsAt(offset))
            throw new StaleStateException($"segment {segment.Number} is corrupt at {offset}");
        return last;
    }

    private void Open(int number)
    {
        _active = new LogSegment(_folder.Open(number));
        _segments.Add(_active);
        _active.CheckHead(_identity);
    }

    private void Roll()
    {
        _active = new LogSegment(_folder.Create(_segments.Count == 0 ? 1 : _segments[^1].Number + 1));
        _active.WriteHead(_identity, _segments.Count == 0 ? 0 : _segments[^1].Segment.Length);
        _segments.Add(_active);
    }

    private void Count(LogSegment segment, bool deleted)
    {
        segment.Records++;
        _records++;
        if (deleted)
            return;
        segment.Live++;
        _live++;
    }

    private void Close()
    {
        _compaction.Stop();
        foreach (LogSegment segment in _segments)
            segment.Segment.Dispose();
        _segments.Clear();
    }
}

/// <summary>Takes a record of a log that is loaded.</summary>
internal delegate void LogRecordTaker(in LogRecord record);

/// <summary>Adds a record of the oldest segment to the log once more, if it is the last of its key.</summary>
internal delegate void LogRecordMover(in LogRecord record);
