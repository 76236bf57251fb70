namespace UsageStreams.Streams.Internal.State;

/// <summary>
/// Moves what is live of the oldest segment to the end of the log, a few records at a time, and deletes the segment when what was moved
/// is safe on disk.
/// </summary>
internal sealed class LogCompaction(StateLog log, int stores)
{
    private int _batch;
    private int _record;
    private Task? _sync;

    public bool IsRunning { get; private set; }

    /// <summary>
    /// Number of the oldest segment that a batch written now needs. What is live of a segment that waits for the disk to be deleted has been moved: a batch that
    /// named it would not be believed after a crash, because it is gone by then.
    /// </summary>
    public int OldestNeeded => log.Segments[0].Number + (_sync is null ? 0 : 1);

    /// <summary>Looks at about <paramref name="budget"/> records, and writes what was moved.</summary>
    public void Step(Checkpoint checkpoint, LogRecordMover move, int budget)
    {
        if (_sync is not null)
        {
            FinishDeletion();
            return;
        }

        LogSegment oldest = log.Segments[0];
        if (oldest.Number == log.ActiveSegment)
            return;
        if (!IsRunning)
            (IsRunning, _batch, _record) = (true, oldest.Start, LogBatch.HeaderBytes(stores));
        bool finished = Walk(oldest, move, budget);
        log.Write(checkpoint, finished ? oldest.Number + 1 : oldest.Number);
        if (!finished)
            return;
        // The log goes on meanwhile.
        _sync = Task.WhenAll(log.Segments.Skip(1).Select(static s => s.Segment.SyncAsync()));
    }

    /// <summary>Waits for the disk and gives up what was begun.</summary>
    public void Stop()
    {
        _sync?.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        (_sync, IsRunning) = (null, false);
    }

    private bool Walk(LogSegment segment, LogRecordMover move, int budget)
    {
        while (budget > 0)
        {
            ReadOnlySpan<byte> payload = segment.Frame(_batch);
            if (payload.IsEmpty)
                return true;
            while (_record < payload.Length && budget-- > 0)
            {
                move(LogBatch.ReadRecord(payload[_record..], new LogPosition(segment.Number, _batch + LogBatch.FrameBytes + _record), out int size));
                _record += size;
            }

            if (_record >= payload.Length)
                (_batch, _record) = (_batch + LogBatch.FrameBytes + payload.Length, LogBatch.HeaderBytes(stores));
        }

        return false;
    }

    private void FinishDeletion()
    {
        if (!_sync!.IsCompleted)
            return;
        _sync.GetAwaiter().GetResult();
        (_sync, IsRunning) = (null, false);
        log.DeleteOldest();
    }
}
