using UsageStreams.Streams.Internal.State;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams;

/// <summary>
/// A task's own input, read once more: what the task has processed, from an arrival on or at some offsets, as its source decodes and checks it. Opened by
/// <see cref="ProcessorContext{TKey, TValue}.ReadPast{TKeyIn, TValueIn}(long)"/>; belongs to its task and thread, and is closed with the task at the latest.
/// </summary>
/// <remarks>
/// The task goes on between slices, and its present position with it; reading follows, and never goes beyond. Where <see cref="Read"/> says true,
/// exactly what was asked for of all that the task has processed so far has been handed over: until the processor returns, no further record of the task is processed.
/// Left out are records that the source rejects, and watermarks. A record that the fault handling left out because a processor failed is among them.
/// </remarks>
/// <typeparam name="TKey">Key of the sub-topology's source.</typeparam>
/// <typeparam name="TValue">Value of the sub-topology's source.</typeparam>
public sealed class PastInput<TKey, TValue> : IDisposable
{
    private readonly StreamTask _task;
    private readonly IPastReader _reader;
    private readonly RecordReader<TKey, TValue> _source;
    private readonly PastRecordTaker _take;
    private PastRecordAction<TKey, TValue>? _action;
    private bool _isReading;
    private bool _isDisposed;

    internal PastInput(StreamTask task, IPastReader reader, RecordReader<TKey, TValue> source)
    {
        (_task, _reader, _source) = (task, reader, source);
        _take = Take;
    }

    /// <summary>Where reading begins; null while the broker is being asked, which is until <see cref="Read"/> has handed over the first record at the latest.</summary>
    public PastInputStart? Start => _reader.Start;

    /// <summary>Offsets from here to the task's present position; 0 when it is reached, null while <see cref="Start"/> is.</summary>
    public long? Lag => _reader.Position is { } position ? Math.Max(0, _task.Position - position) : null;

    /// <summary>
    /// Hands over the next records. Waits a few milliseconds at most: where none have been fetched yet it returns with fewer, or none.
    /// </summary>
    /// <param name="maxRecords">Records read at most, those that are left out included.</param>
    /// <param name="take">Is given each record. It must not keep what the source's serde does not let it keep.</param>
    /// <returns>True when the task's present position is reached, inside <see cref="IProcessor{TKeyIn, TValueIn, TKeyOut, TValueOut}.Process"/> with the record at hand.</returns>
    /// <exception cref="StreamsException">
    /// <paramref name="take"/> threw in an earlier call, so that nobody knows what was taken: read anew from the beginning. Also the client's errors, for
    /// which the thread begins anew: let them pass.
    /// </exception>
    /// <exception cref="ObjectDisposedException">It was disposed, or its task closed.</exception>
    public bool Read(int maxRecords, PastRecordAction<TKey, TValue> take)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRecords);
        ArgumentNullException.ThrowIfNull(take);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_action is not null)
        {
            throw new StreamsException(
                $"The past input of task {_task.Id} is read inside its own action, or after the action threw: what was taken is not known. Dispose it and read the past anew.");
        }

        // Where reading stands is not undone with a record that fails.
        _task.HeldBack++;
        (_action, _isReading) = (take, true);
        try
        {
            _reader.Read(maxRecords, _task.Position, _take);
        }
        finally
        {
            _isReading = false;
        }

        _action = null;
        return Lag == 0;
    }

    /// <summary>Ends reading. Not inside the action of <see cref="Read"/>.</summary>
    public void Dispose()
    {
        if (_isReading)
            throw new InvalidOperationException($"The past input of task {_task.Id} is disposed inside its own action. Dispose it when Read has returned.");
        if (_isDisposed)
            return;
        _isDisposed = true;
        _task.Past.Closed(this);
        _reader.Dispose();
    }

    private void Take(in InputRecord input)
    {
        if (!_source.TryRead(in input, out Record<TKey, TValue> record))
            return;
        _action!(in record, _task.MetadataOf(in input));
    }
}

/// <summary>Takes a record that the task has processed before.</summary>
/// <param name="record">The record, as the source gave it.</param>
/// <param name="metadata">Where it stands.</param>
public delegate void PastRecordAction<TKey, TValue>(in Record<TKey, TValue> record, in RecordMetadata metadata);

/// <summary>Where the past begins.</summary>
/// <param name="Offset">Offset from which records are handed over.</param>
/// <param name="Arrival">Arrival (Unix ms) of the first record from there on when this was asked, committed or not; null when there was none, or offsets were asked for.</param>
/// <param name="IsCutOff">
/// Whether the log may have lost records that were asked for: it begins at <paramref name="Offset"/>, and what was before has been deleted.
/// </param>
public readonly record struct PastInputStart(long Offset, long? Arrival, bool IsCutOff);
