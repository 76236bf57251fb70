using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace UsageStreams.Protocol;

/// <summary>
/// Reads Kafka's primitive types from one frame. The same calls read both encodings; <see cref="Flexible"/> says which one the frame has.
/// One instance serves one connection and is reset for every frame, so memory it hands out is valid until the request is answered.
/// </summary>
internal sealed class WireReader
{
    private byte[] _buffer = [];
    private int _position;
    private int _end;

    public bool Flexible { get; set; }

    public int Remaining => _end - _position;

    public void Reset(byte[] buffer, int start, int end)
    {
        (_buffer, _position, _end, Flexible) = (buffer, start, end, false);
    }

    public sbyte ReadInt8() => (sbyte)Take(1)[0];

    public bool ReadBoolean() => Take(1)[0] != 0;

    public short ReadInt16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public Guid ReadUuid() => new(Take(16), bigEndian: true);

    public string ReadString() =>
        ReadNullableString() ?? throw new MalformedFrameException("A string that may not be null is null.");

    public string? ReadNullableString()
    {
        int length = Flexible ? ReadCompactLength() : ReadInt16();
        return length < 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    /// <summary>The header's client id has a two-byte length in both encodings.</summary>
    public string? ReadClientId()
    {
        int length = ReadInt16();
        return length < 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    public byte[] ReadBytes() => ReadLengthAndTake().ToArray();

    /// <summary>Record batches, writable in place so that the broker can set offsets; empty when null.</summary>
    public Span<byte> ReadRecords() => ReadLengthAndTake();

    /// <summary>Number of elements, or -1 for null.</summary>
    public int ReadArrayLength()
    {
        int count = Flexible ? ReadCompactLength() : ReadInt32();
        if (count > Remaining)
            throw new MalformedFrameException($"An array of {count} elements does not fit into {Remaining} remaining bytes.");
        return count;
    }

    public int[] ReadInt32Array()
    {
        int[] values = new int[Math.Max(0, ReadArrayLength())];
        for (int i = 0; i < values.Length; i++)
            values[i] = ReadInt32();
        return values;
    }

    public string[] ReadStringArray()
    {
        string[] values = new string[Math.Max(0, ReadArrayLength())];
        for (int i = 0; i < values.Length; i++)
            values[i] = ReadString();
        return values;
    }

    /// <summary>Skips the tagged fields that end every struct of the flexible encoding; unknown ones are legal.</summary>
    public void SkipTags()
    {
        if (!Flexible)
            return;
        for (uint remaining = ReadUnsignedVarint(); remaining > 0; remaining--)
        {
            ReadUnsignedVarint();
            Take(checked((int)ReadUnsignedVarint()));
        }
    }

    private Span<byte> ReadLengthAndTake()
    {
        int length = Flexible ? ReadCompactLength() : ReadInt32();
        return length < 0 ? [] : Take(length);
    }

    private int ReadCompactLength() => unchecked((int)ReadUnsignedVarint() - 1);

    private uint ReadUnsignedVarint()
    {
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            byte next = Take(1)[0];
            value |= (uint)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }

        throw new MalformedFrameException("A variable-length integer is longer than five bytes.");
    }

    private Span<byte> Take(int count)
    {
        if ((uint)count > (uint)(_end - _position))
            ThrowTooShort(count);
        var span = _buffer.AsSpan(_position, count);
        _position += count;
        return span;
    }

    [DoesNotReturn]
    private void ThrowTooShort(int count) =>
        throw new MalformedFrameException($"{count} bytes are announced where {Remaining} remain.");
}
