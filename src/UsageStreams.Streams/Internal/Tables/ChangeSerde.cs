using System.Buffers;
using System.Buffers.Binary;

namespace UsageStreams.Streams.Internal.Tables;

/// <summary>One byte of flags, the old value's length (4 bytes, big-endian) where there is one, the old value, the new one.</summary>
internal sealed class ChangeSerde<TValue>(ISerde<TValue> valueSerde) : ISerde<Change<TValue>>
{
    private const byte Had = 1;
    private const byte Has = 2;
    private const byte Unknown = 4;
    private readonly ArrayBufferWriter<byte> _old = new();

    public void Serialize(Change<TValue> value, IBufferWriter<byte> output)
    {
        bool writesOld = value.HadOld && !value.IsOldUnknown;
        output.GetSpan(1)[0] = (byte)((value.HadOld ? Had : 0) | (value.HasNew ? Has : 0) | (value.IsOldUnknown ? Unknown : 0));
        output.Advance(1);
        if (writesOld)
            SerializeOld(value.Old!, output);
        if (value.HasNew)
            valueSerde.Serialize(value.New!, output);
    }

    public Change<TValue> Deserialize(ReadOnlySpan<byte> data)
    {
        byte flags = data.IsEmpty ? byte.MaxValue : data[0];
        if (flags > (Had | Has | Unknown))
            throw new UndecodableException($"The {data.Length} bytes are no change of a table: it begins with a byte from 0 to {Had | Has | Unknown}.");
        bool hasOld = (flags & (Had | Unknown)) == Had;
        ReadOnlySpan<byte> rest = data[1..];
        TValue? old = default;
        if (hasOld)
        {
            int length = rest.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32BigEndian(rest);
            if (length < 0 || length > rest.Length - sizeof(int))
                throw new UndecodableException($"A change of {data.Length} bytes has no room for a former value of {length}.");
            old = valueSerde.Deserialize(rest.Slice(sizeof(int), length));
            rest = rest[(sizeof(int) + length)..];
        }

        bool hasNew = (flags & Has) != 0;
        return new Change<TValue>((flags & Had) != 0, old, hasNew, hasNew ? valueSerde.Deserialize(rest) : default) { IsOldUnknown = (flags & Unknown) != 0 };
    }

    private void SerializeOld(TValue old, IBufferWriter<byte> output)
    {
        // A serde may be shared by the threads of an application; this buffer may not.
        lock (_old)
        {
            _old.ResetWrittenCount();
            valueSerde.Serialize(old, _old);
            BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(sizeof(int)), _old.WrittenCount);
            output.Advance(sizeof(int));
            output.Write(_old.WrittenSpan);
        }
    }
}
