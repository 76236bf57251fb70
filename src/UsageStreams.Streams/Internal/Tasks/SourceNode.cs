using UsageStreams.Streams.Faults;

namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>The top of a task: takes bytes.</summary>
internal abstract class SourceNode
{
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
    RecordDecoder<TKey, TValue> decoder,
    RecordCheck<TKey, TValue>? check,
    TimestampExtractor<TKey, TValue>? timestamps,
    bool observesTime,
    Downstream<TKey, TValue> downstream,
    Downstream<byte[]?, UndecodableRecord>? undecodable) : SourceNode
{
    public override void Process(in InputRecord input)
    {
        if (!decoder.TryDecode(in input, out Record<TKey, TValue> record, out UndecodableReason reason, out string cause))
        {
            Reject(in input, reason, cause);
            return;
        }

        if (!input.HasValue)
        {
            // A removal has nothing to check, and no event time but the present.
            downstream.Forward(timestamps is null ? record : record.WithTimestamp(task.StreamTime ?? input.Arrival));
            return;
        }

        if (Refusal(ref record, input.Arrival) is { } refusal)
        {
            Reject(in input, refusal.Reason, refusal.Error.Message, refusal.Error.Code);
            return;
        }

        downstream.Forward(in record);
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

    /// <summary>Checks the record and gives it its event time, or says why it is refused.</summary>
    private (UndecodableReason Reason, UndecodableException Error)? Refusal(ref Record<TKey, TValue> record, long arrival)
    {
        UndecodableReason step = UndecodableReason.Check;
        try
        {
            check?.Invoke(in record);
            step = UndecodableReason.Timestamp;
            if (timestamps is null)
                return null;
            long timestamp = timestamps(in record, arrival);
            record = record.WithTimestamp(timestamp);
            if (observesTime)
                task.Time.Observe(timestamp);
            return null;
        }
        catch (UndecodableException e)
        {
            return (step, e);
        }
        catch (Exception e) when (e is not StreamsException)
        {
            throw task.Failure(name, e);
        }
    }
}
