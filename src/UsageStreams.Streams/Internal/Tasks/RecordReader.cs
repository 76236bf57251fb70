using System.Runtime.ExceptionServices;

namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>Decodes, checks and dates records, each once.</summary>
internal sealed class RecordReader<TKey, TValue>(
    RecordDecoder<TKey, TValue> decoder, RecordCheck<TKey, TValue>? check, TimestampExtractor<TKey, TValue>? timestamps)
{
    /// <summary>Whether records have an event time of their own.</summary>
    public bool Dates => timestamps is not null;

    /// <summary>Reads a record that was processed before as it was then: false, without a trace, for what was rejected, and for watermarks, which have no key.</summary>
    public bool TryRead(in InputRecord input, out Record<TKey, TValue> record)
    {
        Read(in input, out Reading<TKey, TValue> reading);
        reading.Problem?.Failure?.Throw();
        record = reading.Record;
        return reading.Problem is null;
    }

    /// <summary>Reads a record. It throws nothing: what went wrong is for whoever processes the record, when it is its turn.</summary>
    public void Read(in InputRecord input, out Reading<TKey, TValue> reading)
    {
        reading = default;
        reading.Offset = input.Offset;
        UndecodableReason step = UndecodableReason.Value;
        try
        {
            if (!decoder.TryDecode(in input, out reading.Record, out UndecodableReason reason, out string cause))
            {
                reading.Problem = new ReadingProblem(reason, cause);
                return;
            }

            // A removal has nothing to check, and no event time of its own.
            if (!input.HasValue)
                return;
            step = UndecodableReason.Check;
            check?.Invoke(in reading.Record);
            step = UndecodableReason.Timestamp;
            if (timestamps is not null)
                reading.Record = reading.Record.WithTimestamp(timestamps(in reading.Record, input.Arrival));
        }
        catch (UndecodableException e)
        {
            reading.Problem = new ReadingProblem(step, e.Message, e.Code);
        }
        catch (Exception e)
        {
            reading.Problem = new ReadingProblem(step, e.Message) { Failure = ExceptionDispatchInfo.Capture(e) };
        }
    }
}
