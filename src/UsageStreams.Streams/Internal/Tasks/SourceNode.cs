namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>The top of a task: takes bytes.</summary>
internal abstract class SourceNode
{
    public abstract void Process(in InputRecord input);

    /// <summary>Hands a record that can't be read to the undecodable stream.</summary>
    public abstract void Reject(in InputRecord input, UndecodableReason reason, string cause);
}

internal sealed class SourceNode<TKey, TValue>(
    string name,
    StreamTask task,
    RecordDecoder<TKey, TValue> decoder,
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

        if (timestamps is not null)
        {
            if (!TryExtract(in record, input.Arrival, out long timestamp, out cause))
            {
                Reject(in input, UndecodableReason.Timestamp, cause);
                return;
            }

            record = record.WithTimestamp(timestamp);
            if (observesTime)
                task.Time.Observe(timestamp);
        }

        downstream.Forward(in record);
    }

    public override void Reject(in InputRecord input, UndecodableReason reason, string cause)
    {
        if (undecodable is null || !undecodable.IsConnected)
        {
            throw new ProcessingException(
                $"Source '{name}' can't read the record at {task.Metadata} ({reason}): {cause} "
                + "Nothing was committed beyond it. Take such records by Stream(…, out undecodable) and send them to a topic.",
                name, task.Id, task.Metadata, null);
        }

        var rejected = new UndecodableRecord(task.Metadata, input.KeyBytes, input.ValueBytes, input.Headers, reason, cause);
        undecodable.Forward(new Record<byte[]?, UndecodableRecord>(rejected.Key, rejected, input.Arrival, input.Headers));
    }

    private bool TryExtract(in Record<TKey, TValue> record, long arrival, out long timestamp, out string cause)
    {
        try
        {
            timestamp = timestamps!(in record, arrival);
            cause = "";
            return true;
        }
        catch (UndecodableException e)
        {
            timestamp = 0;
            cause = e.Message;
            return false;
        }
        catch (Exception e) when (e is not StreamsException)
        {
            throw task.Failure(name, e);
        }
    }
}
