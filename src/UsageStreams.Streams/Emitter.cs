using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams;

/// <summary>Takes the records that a flat map makes. Valid during the call only.</summary>
public sealed class Emitter<TKey, TValue>
{
    private readonly Downstream<TKey, TValue> _downstream;
    private RecordHeaders _headers = RecordHeaders.Empty;
    private long _timestamp;

    internal Emitter(Downstream<TKey, TValue> downstream) => _downstream = downstream;

    /// <summary>Sends a record with event time and headers of the record at hand.</summary>
    public void Emit(TKey key, TValue value) => _downstream.Forward(new Record<TKey, TValue>(key, value, _timestamp, _headers));

    /// <summary>Sends a record; without headers it inherits those of the record at hand.</summary>
    public void Emit(in Record<TKey, TValue> record)
    {
        if (record.InheritsHeaders)
            _downstream.Forward(record.WithHeaders(_headers));
        else
            _downstream.Forward(in record);
    }

    internal void Begin(long timestamp, RecordHeaders headers)
    {
        _timestamp = timestamp;
        _headers = headers;
    }
}
