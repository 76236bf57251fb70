using System.Buffers;

namespace UsageStreams.Streams.Internal.Tables;

/// <summary>What happened to a key since a time, as one change.</summary>
/// <param name="Since">Event time of the first change, Unix ms.</param>
/// <param name="Timestamp">The largest event time, Unix ms.</param>
/// <param name="Change">From the value before the first to that after the last.</param>
internal readonly record struct HeldChange<TValue>(long Since, long Timestamp, Change<TValue> Change);

/// <summary>Both times, then the change.</summary>
internal sealed class HeldChangeSerde<TValue>(ISerde<TValue> valueSerde) : ISerde<HeldChange<TValue>>
{
    private const int Times = 2 * sizeof(long);
    private readonly ChangeSerde<TValue> _changes = new(valueSerde);

    public void Serialize(HeldChange<TValue> value, IBufferWriter<byte> output)
    {
        Serdes.Int64.Serialize(value.Since, output);
        Serdes.Int64.Serialize(value.Timestamp, output);
        _changes.Serialize(value.Change, output);
    }

    public HeldChange<TValue> Deserialize(ReadOnlySpan<byte> data) => data.Length > Times
        ? new(Serdes.Int64.Deserialize(data[..sizeof(long)]), Serdes.Int64.Deserialize(data[sizeof(long)..Times]), _changes.Deserialize(data[Times..]))
        : throw new UndecodableException($"A held change has more than {Times} bytes; there are {data.Length}.");
}
