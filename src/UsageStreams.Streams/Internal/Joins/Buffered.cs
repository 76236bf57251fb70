using System.Buffers;

namespace UsageStreams.Streams.Internal.Joins;

/// <summary>A record that waits for partners; the number tells apart those of one key and time.</summary>
internal readonly record struct BufferKey<TKey>(TKey Key, bool IsLeft, long Time, long Number);

internal readonly record struct Buffered<TLeft, TRight>(Either<TLeft, TRight> Record, bool IsMatched);

/// <summary>The key's bytes, then side (1 byte), time and number.</summary>
internal sealed class BufferKeySerde<TKey>(ISerde<TKey> keySerde) : ISerde<BufferKey<TKey>>
{
    private const int Tail = 1 + (2 * sizeof(long));

    public void Serialize(BufferKey<TKey> value, IBufferWriter<byte> output)
    {
        keySerde.Serialize(value.Key, output);
        output.GetSpan(1)[0] = value.IsLeft ? (byte)0 : (byte)1;
        output.Advance(1);
        Serdes.Int64.Serialize(value.Time, output);
        Serdes.Int64.Serialize(value.Number, output);
    }

    public BufferKey<TKey> Deserialize(ReadOnlySpan<byte> data)
    {
        int key = data.Length - Tail;
        if (key < 0)
            throw new UndecodableException($"The key of a buffered record has at least {Tail} bytes; there are {data.Length}.");
        ReadOnlySpan<byte> times = data[(key + 1)..];
        return new BufferKey<TKey>(
            keySerde.Deserialize(data[..key]), data[key] == 0, Serdes.Int64.Deserialize(times[..sizeof(long)]), Serdes.Int64.Deserialize(times[sizeof(long)..]));
    }
}

/// <summary>One byte for whether it found a partner, then the record.</summary>
internal sealed class BufferedSerde<TLeft, TRight>(ISerde<TLeft> leftSerde, ISerde<TRight> rightSerde) : ISerde<Buffered<TLeft, TRight>>
{
    private readonly EitherSerde<TLeft, TRight> _records = new(leftSerde, rightSerde);

    public void Serialize(Buffered<TLeft, TRight> value, IBufferWriter<byte> output)
    {
        output.GetSpan(1)[0] = value.IsMatched ? (byte)1 : (byte)0;
        output.Advance(1);
        _records.Serialize(value.Record, output);
    }

    public Buffered<TLeft, TRight> Deserialize(ReadOnlySpan<byte> data) => data.IsEmpty
        ? throw new UndecodableException("A buffered record has at least one byte; there is none.")
        : new Buffered<TLeft, TRight>(_records.Deserialize(data[1..]), data[0] != 0);
}
