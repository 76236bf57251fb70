using System.Buffers;
using System.Buffers.Binary;

namespace UsageStreams.Streams.Internal.Joins.Foreign;

/// <summary>What a left key points to, and the number of that subscription.</summary>
internal readonly record struct Subscribed<TForeignKey>(long Number, TForeignKey ForeignKey);

/// <summary>The number, then the foreign key's bytes.</summary>
internal sealed class SubscribedSerde<TForeignKey>(ISerde<TForeignKey> foreignKeySerde) : ISerde<Subscribed<TForeignKey>>
{
    public void Serialize(Subscribed<TForeignKey> value, IBufferWriter<byte> output)
    {
        Serdes.Int64.Serialize(value.Number, output);
        foreignKeySerde.Serialize(value.ForeignKey, output);
    }

    public Subscribed<TForeignKey> Deserialize(ReadOnlySpan<byte> data) => data.Length >= sizeof(long)
        ? new(Serdes.Int64.Deserialize(data[..sizeof(long)]), foreignKeySerde.Deserialize(data[sizeof(long)..]))
        : throw new UndecodableException($"A kept foreign key has at least {sizeof(long)} bytes; there are {data.Length}.");
}

/// <summary>A left key that points to a foreign key.</summary>
internal readonly record struct Subscriber<TForeignKey, TKey>(TForeignKey ForeignKey, TKey Key);

/// <summary>The foreign key's length (4 bytes, big-endian), its bytes, and those of the left key.</summary>
internal sealed class SubscriberSerde<TForeignKey, TKey>(ISerde<TForeignKey> foreignKeySerde, ISerde<TKey> keySerde) : ISerde<Subscriber<TForeignKey, TKey>>
{
    private readonly ArrayBufferWriter<byte> _foreign = new();

    public void Serialize(Subscriber<TForeignKey, TKey> value, IBufferWriter<byte> output)
    {
        // A serde may be shared by the threads of an application; this buffer may not.
        lock (_foreign)
        {
            _foreign.ResetWrittenCount();
            foreignKeySerde.Serialize(value.ForeignKey, _foreign);
            BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(sizeof(int)), _foreign.WrittenCount);
            output.Advance(sizeof(int));
            output.Write(_foreign.WrittenSpan);
        }

        keySerde.Serialize(value.Key, output);
    }

    public Subscriber<TForeignKey, TKey> Deserialize(ReadOnlySpan<byte> data)
    {
        int length = data.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32BigEndian(data);
        if (length < 0 || length > data.Length - sizeof(int))
            throw new UndecodableException($"A subscriber of {data.Length} bytes has no room for a foreign key of {length}.");
        ReadOnlySpan<byte> keys = data[sizeof(int)..];
        return new(foreignKeySerde.Deserialize(keys[..length]), keySerde.Deserialize(keys[length..]));
    }
}
