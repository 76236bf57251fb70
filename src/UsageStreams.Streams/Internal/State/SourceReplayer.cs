using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.State;

/// <summary>Decodes and judges records as the source does, and hands them to the stores instead of the processors.</summary>
internal sealed class SourceReplayer<TKey, TValue>(
    RecordDecoder<TKey, TValue> decoder,
    RecordCheck<TKey, TValue>? check,
    TimestampExtractor<TKey, TValue>? timestamps,
    IReadOnlyList<(InputReplay<TKey, TValue> Replay, StateStore Store)> stores) : InputReplayer
{
    public override void Take(in InputRecord input)
    {
        if (!decoder.TryDecode(in input, out Record<TKey, TValue> record, out _, out _) || !Accepts(ref record, input.Arrival))
            return;
        foreach ((InputReplay<TKey, TValue> replay, StateStore store) in stores)
            replay.Take(in record, store);
    }

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
