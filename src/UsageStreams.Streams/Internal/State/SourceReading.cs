using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.State;

/// <summary>Reads records that a task has processed as its source did: what was rejected then is rejected now, without a trace.</summary>
internal sealed class SourceReading<TKey, TValue>(
    RecordDecoder<TKey, TValue> decoder, RecordCheck<TKey, TValue>? check, TimestampExtractor<TKey, TValue>? timestamps)
{
    /// <summary>Decodes and judges; false for what the source rejected, and for watermarks, which have no key.</summary>
    public bool TryRead(in InputRecord input, out Record<TKey, TValue> record) =>
        decoder.TryDecode(in input, out record, out _, out _) && (!input.HasValue || Accepts(ref record, input.Arrival));

    private bool Accepts(ref Record<TKey, TValue> record, long arrival)
    {
        try
        {
            check?.Invoke(in record);
            if (timestamps is not null)
                record = record.WithTimestamp(timestamps(in record, arrival));
            return true;
        }
        catch (UndecodableException)
        {
            // It was rejected when it was processed.
            return false;
        }
    }
}
