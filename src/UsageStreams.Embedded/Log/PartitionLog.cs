using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Storage;

namespace UsageStreams.Embedded.Log;

/// <summary>What became of an append. <see cref="NeedsVerification"/>: ask the transaction coordinator first, then append as verified.</summary>
internal readonly record struct AppendResult(ErrorCode Error, long BaseOffset, bool NeedsVerification = false)
{
    /// <summary>The time that the broker gave the batch, Unix ms; -1 where producers give their records times.</summary>
    public long AppendTime { get; init; } = -1;
}

/// <summary>The offsets that bound a partition: start, last stable offset, end (which is the high watermark of a single node).</summary>
internal readonly record struct LogBounds(long Start, long Stable, long End);

/// <summary>
/// One partition: segments, producers, transactions. All changes and all looks at the index happen under one lock, which is the last in
/// the broker's lock order: nothing else is locked while it is held, except the disk's failure state. Bytes are read outside of it.
/// </summary>
internal sealed partial class PartitionLog : IDisposable
{
    /// <summary>One node never loses its leadership, so there is only one epoch; everything that names one agrees on it.</summary>
    public const int LeaderEpoch = 0;

    private readonly Lock _gate = new();
    private readonly List<LogSegment> _segments = [];
    private readonly List<FetchWaiter> _waiters = [];
    private readonly ProducerStates _producers = new();
    private readonly LogSettings _settings;
    private readonly string _folder;
    private long _start;
    private long _end;
    private bool _closed;

    private PartitionLog(string topic, int partition, string folder, long start, LogSettings settings)
    {
        (Topic, Partition, _folder, _start, _settings) = (topic, partition, folder, start, settings);
    }

    public string Topic { get; }

    public int Partition { get; }

    public LogBounds Bounds
    {
        get
        {
            lock (_gate)
                return BoundsNeedsLock();
        }
    }

    /// <summary>
    /// Appends a batch whose header and checksum were checked; where the header says so, which no client's may, with the present time. A duplicate of one of the producer's last five batches is answered with
    /// the offset it got then.
    /// </summary>
    /// <exception cref="StorageException">The disk refused; the log is as before.</exception>
    public AppendResult Append(Span<byte> batch, BatchHeader header, bool verified)
    {
        lock (_gate)
        {
            if (_closed)
                return new AppendResult(ErrorCode.UnknownTopicOrPartition, -1);
            if (header.ProducerId >= 0)
            {
                if (_producers.FindDuplicate(header) is { } known)
                    return new AppendResult(ErrorCode.None, known.BaseOffset) { AppendTime = known.AppendTime };
                if (header.IsTransactional && !verified && !_producers.HasOpenTransaction(header.ProducerId, header.ProducerEpoch))
                    return new AppendResult(ErrorCode.None, -1, NeedsVerification: true);
                if (_producers.Check(header) is not ErrorCode.None and var error)
                    return new AppendResult(error, -1);
            }

            header = WriteNeedsLock(batch, header);
            if (header.ProducerId >= 0)
                _producers.Append(header, _settings.Now);
            WakeNeedsLock();
            return new AppendResult(ErrorCode.None, header.BaseOffset) { AppendTime = header.AppendTime };
        }
    }

    /// <summary>Ends a producer's transaction here: its data becomes stable, or is listed as aborted.</summary>
    /// <exception cref="StorageException">The disk refused; the transaction is still open here.</exception>
    public void AppendMarker(long producerId, short producerEpoch, bool commit)
    {
        byte[] marker = ControlBatch.EndTransaction(producerId, producerEpoch, commit, _settings.Now);
        lock (_gate)
        {
            if (_closed)
                return;
            var header = WriteNeedsLock(marker, BatchHeader.Read(marker));
            _producers.EndTransaction(header, commit, _settings.Now);
            WakeNeedsLock();
        }
    }

    /// <summary>Moves the start of the log; whole segments before it are deleted. Returns the new start, or null when beyond the end.</summary>
    public long? DeleteBefore(long offset)
    {
        lock (_gate)
        {
            if (offset > _end)
                return null;
            _start = Math.Max(_start, offset);
            while (_segments.Count > 1 && _segments[1].BaseOffset <= _start)
            {
                _segments[0].Delete();
                _segments.RemoveAt(0);
            }

            return _start;
        }
    }

    public void AddWaiter(FetchWaiter waiter)
    {
        lock (_gate)
            _waiters.Add(waiter);
    }

    public void RemoveWaiter(FetchWaiter waiter)
    {
        lock (_gate)
            _waiters.Remove(waiter);
    }

    public T ReadProducers<T>(Func<IReadOnlyDictionary<long, ProducerEntry>, T> read)
    {
        lock (_gate)
            return read(_producers.Producers);
    }

    public void ExpireProducers(long before)
    {
        lock (_gate)
            _producers.Expire(before, _start);
    }

    public void Flush()
    {
        LogSegment[] dirty;
        lock (_gate)
            dirty = _closed ? [] : [.. _segments.Where(segment => segment.TakeDirty())];
        foreach (var segment in dirty)
            segment.Flush();
    }

    /// <summary>Closes the files; whoever waits or comes later is told that the partition is unknown.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _segments.ForEach(segment => segment.Dispose());
            WakeNeedsLock();
        }
    }

    private BatchHeader WriteNeedsLock(Span<byte> batch, in BatchHeader header)
    {
        var active = _segments[^1];
        if (active.Size > 0 && active.Size + batch.Length > _settings.SegmentBytes)
            _segments.Add(active = new LogSegment(_folder, _end, _settings.Disk));

        BatchHeader.Place(batch, _end, LeaderEpoch);
        var placed = header with { BaseOffset = _end, LeaderEpoch = LeaderEpoch };
        if (placed.HasLogAppendTime)
            placed = placed.Stamp(batch, _settings.Now);
        active.Append(batch, placed);
        _end = placed.LastOffset + 1;
        return placed;
    }

    private LogBounds BoundsNeedsLock() => new(_start, Math.Max(_start, _producers.FirstOpenOffset ?? _end), _end);

    private void WakeNeedsLock()
    {
        foreach (var waiter in _waiters)
            waiter.Wake();
        _waiters.Clear();
    }
}

/// <summary>What all partitions of a broker share.</summary>
internal sealed record LogSettings(Disk Disk, TimeProvider Time, int SegmentBytes)
{
    public long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();
}
