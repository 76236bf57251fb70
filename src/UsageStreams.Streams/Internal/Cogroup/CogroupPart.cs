using System.Buffers;

namespace UsageStreams.Streams.Internal.Cogroup;

/// <summary>One of several streams that are aggregated together: how its values are added, written and read.</summary>
internal abstract class CogroupPart<TKey, TAggregate>(int index)
    where TKey : notnull
{
    public int Index { get; } = index;

    /// <summary>Its records, with values that the other streams' can be mixed with.</summary>
    public abstract KStream<TKey, CogroupedValue> Stream(string name);

    public abstract TAggregate? Add(TAggregate aggregate, in Record<TKey, CogroupedValue> record);

    public abstract void Serialize(object value, IBufferWriter<byte> output);

    public abstract object Deserialize(ReadOnlySpan<byte> data);
}

internal sealed class CogroupPart<TKey, TValue, TAggregate>(
    int index, KGroupedStream<TKey, TValue> stream, Aggregator<TKey, TValue, TAggregate> aggregator, ISerde<TValue> valueSerde) : CogroupPart<TKey, TAggregate>(index)
    where TKey : notnull
    where TValue : notnull
{
    public override KStream<TKey, CogroupedValue> Stream(string name) =>
        stream.Stream.MapValues(name, (in Record<TKey, TValue> record) => new CogroupedValue(Index, record.Value));

    public override TAggregate? Add(TAggregate aggregate, in Record<TKey, CogroupedValue> record) =>
        aggregator(aggregate, record.WithValue((TValue)record.Value.Value));

    public override void Serialize(object value, IBufferWriter<byte> output) => valueSerde.Serialize((TValue)value, output);

    public override object Deserialize(ReadOnlySpan<byte> data) => valueSerde.Deserialize(data);
}

/// <summary>One byte for the stream, then the value as that stream writes it.</summary>
internal sealed class CogroupedSerde<TKey, TAggregate>(CogroupPart<TKey, TAggregate>[] parts) : ISerde<CogroupedValue>
    where TKey : notnull
{
    public void Serialize(CogroupedValue value, IBufferWriter<byte> output)
    {
        output.GetSpan(1)[0] = checked((byte)value.Part);
        output.Advance(1);
        parts[value.Part].Serialize(value.Value, output);
    }

    public CogroupedValue Deserialize(ReadOnlySpan<byte> data) => data.Length > 0 && data[0] < parts.Length
        ? new CogroupedValue(data[0], parts[data[0]].Deserialize(data[1..]))
        : throw new UndecodableException(
            $"A value of {parts.Length} streams together begins with a byte from 0 to {parts.Length - 1}; {(data.IsEmpty ? "there is none" : $"it is {data[0]}")}.");
}
