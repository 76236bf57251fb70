using System.Runtime.CompilerServices;
using UsageStreams.Streams.Faults;

namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>The top of a task: takes bytes.</summary>
internal abstract class SourceNode
{
    /// <summary>So many records are read before the first of them is processed: enough for memory to answer meanwhile, and few enough to be in the nearest cache still.</summary>
    public const int AheadLimit = 16;

    /// <summary>Whether something below looks keys up whose memory can be fetched while other records are processed.</summary>
    public abstract bool ReadsAhead { get; }

    /// <summary>
    /// Reads a record that will be processed soon, and lets the nodes below say what they will look up. It throws nothing: what is wrong with the record is told
    /// when it is processed.
    /// </summary>
    public abstract void ReadAhead(in InputRecord input);

    public abstract void Process(in InputRecord input);

    /// <summary>The task is restored.</summary>
    public virtual void Start()
    {
    }

    /// <summary>Hands a record that can't be read to the undecodable stream.</summary>
    public abstract void Reject(in InputRecord input, UndecodableReason reason, string cause, string? code = null);
}

internal sealed class SourceNode<TKey, TValue>(
    string name,
    StreamTask task,
    RecordReader<TKey, TValue> reader,
    bool observesTime,
    Downstream<TKey, TValue> downstream,
    Downstream<byte[]?, UndecodableRecord>? undecodable) : SourceNode
{
    private readonly ReadAhead<TKey, TValue>? _ahead = downstream.Prefetches ? new() : null;

    private bool _failedAhead;

    public override bool ReadsAhead => _ahead is not null && !_failedAhead;

    public override void ReadAhead(in InputRecord input)
    {
        ref Reading<TKey, TValue> reading = ref _ahead!.Place;
        if (Unsafe.IsNullRef(ref reading))
            return;
        reader.Read(in input, out reading);
        _ahead.Keep();
        if (reading.Problem is not null)
            return;
        try
        {
            downstream.Prefetch(in reading.Record);
        }
        catch (Exception e)
        {
            // When the record is processed it is thrown again, unless a filter above keeps the record from there; so it is told, and not met with each record.
            _failedAhead = true;
            task.StopReadingAhead(name, input.Offset, e);
        }
    }

    public override void Process(in InputRecord input)
    {
        if (_ahead is not null)
        {
            ref readonly Reading<TKey, TValue> ahead = ref _ahead.Take(input.Offset);
            if (!Unsafe.IsNullRef(in ahead))
            {
                Process(in input, in ahead);
                return;
            }
        }

        reader.Read(in input, out Reading<TKey, TValue> reading);
        Process(in input, in reading);
    }

    private void Process(in InputRecord input, in Reading<TKey, TValue> reading)
    {
        if (reading.Problem is not null)
        {
            Tell(in input, reading.Problem);
            return;
        }

        if (!reader.Dates)
        {
            downstream.Forward(in reading.Record);
            return;
        }

        if (!input.HasValue)
        {
            // A removal has no event time but the present.
            downstream.Forward(reading.Record.WithTimestamp(task.StreamTime ?? input.Arrival));
            return;
        }

        if (observesTime)
            task.Time.Observe(reading.Record.Timestamp);
        downstream.Forward(in reading.Record);
    }

    private void Tell(in InputRecord input, ReadingProblem problem)
    {
        if (problem.Failure is null)
            Reject(in input, problem.Step, problem.Cause, problem.Code);
        else if (problem.Step is UndecodableReason.Check or UndecodableReason.Timestamp && problem.Failure.SourceException is not StreamsException)
            throw task.Failure(name, problem.Failure.SourceException);
        else
            problem.Failure.Throw();
    }

    public override void Reject(in InputRecord input, UndecodableReason reason, string cause, string? code = null)
    {
        if (undecodable is null || !undecodable.IsConnected)
        {
            var error = code is null ? new UndecodableException(cause) : new UndecodableException(code, cause);
            if (task.Faults.TryLeaveOut(name, in input, error))
                return;
            throw new ProcessingException(
                $"Source '{name}' can't read the record at {task.Metadata} ({reason}): {cause} "
                + "Nothing was committed beyond it. Take such records by Stream(…, out undecodable) and send them to a topic, or decide about them by HandleFaults(…).",
                name, task.Id, task.Metadata, null).In(FaultKind.Deserialization, null);
        }

        task.SideOutputs.Of(name, "undecodable").Add();
        var rejected = new UndecodableRecord(task.Metadata, input.KeyBytes, input.ValueBytes, input.Headers, reason, cause, code);
        undecodable.Forward(new Record<byte[]?, UndecodableRecord>(rejected.Key, rejected, input.Arrival, input.Headers));
    }
}
