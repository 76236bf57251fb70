using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace UsageStreams.Protocol;

/// <summary>Writes Kafka's primitive types in either encoding into a pooled buffer that grows. Not safe for several threads.</summary>
internal sealed class WireWriter : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4096);

    public bool Flexible { get; set; }

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, Length);

    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, Length);

    /// <summary>Forgets what was written after the position.</summary>
    public void Truncate(int length) => Length = length;

    public void WriteInt8(sbyte value) => Grow(1)[0] = (byte)value;

    public void WriteBoolean(bool value) => Grow(1)[0] = value ? (byte)1 : (byte)0;

    public void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(Grow(2), value);

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Grow(4), value);

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(Grow(8), value);

    public void WriteUuid(Guid value) => value.TryWriteBytes(Grow(16), bigEndian: true, out _);

    public void WriteString(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        if (Flexible)
            WriteUnsignedVarint((uint)length + 1);
        else
            WriteInt16(checked((short)length));
        Encoding.UTF8.GetBytes(value, Grow(length));
    }

    public void WriteNullableString(string? value)
    {
        if (value is not null)
            WriteString(value);
        else if (Flexible)
            WriteUnsignedVarint(0);
        else
            WriteInt16(-1);
    }

    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        if (Flexible)
            WriteUnsignedVarint((uint)value.Length + 1);
        else
            WriteInt32(value.Length);
        WriteRaw(value);
    }

    public void WriteRaw(ReadOnlySpan<byte> value) => value.CopyTo(Grow(value.Length));

    public void WriteArrayLength(int count)
    {
        if (Flexible)
            WriteUnsignedVarint((uint)count + 1);
        else
            WriteInt32(count);
    }

    public void WriteNullArray()
    {
        if (Flexible)
            WriteUnsignedVarint(0);
        else
            WriteInt32(-1);
    }

    public void WriteInt32Array(ReadOnlySpan<int> values)
    {
        WriteArrayLength(values.Length);
        foreach (int value in values)
            WriteInt32(value);
    }

    public void WriteStringArray(IReadOnlyCollection<string> values)
    {
        WriteArrayLength(values.Count);
        foreach (string value in values)
            WriteString(value);
    }

    /// <summary>Ends a struct: the flexible encoding has a count of tagged fields there, of which none is written.</summary>
    public void WriteNoTags()
    {
        if (Flexible)
            Grow(1)[0] = 0;
    }

    /// <summary>Reserves four bytes and returns their position for <see cref="PatchInt32"/>.</summary>
    public int ReserveInt32()
    {
        int position = Length;
        Grow(4);
        return position;
    }

    public void PatchInt32(int position, int value) => BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(position), value);

    /// <summary>Reserves the length of a record set that is read from disk next, so that it lands where it is sent from.</summary>
    public int ReserveRecordsLength()
    {
        int position = Length;
        Grow(Flexible ? 5 : 4);
        return position;
    }

    /// <summary>A flexible length is padded to five bytes: readers of LEB128 stop at the first byte below 0x80, wherever it comes.</summary>
    public void PatchRecordsLength(int position, int length)
    {
        if (!Flexible)
        {
            PatchInt32(position, length);
            return;
        }

        uint value = (uint)length + 1;
        for (int i = 0; i < 4; i++, value >>= 7)
            _buffer[position + i] = (byte)(value | 0x80);
        _buffer[position + 4] = (byte)value;
    }

    /// <summary>Room for the given bytes at the end, counted as written; cut what stays unused with <see cref="Truncate"/>.</summary>
    public Span<byte> Grow(int count)
    {
        if (_buffer.Length - Length < count)
            Enlarge(count);
        var span = _buffer.AsSpan(Length, count);
        Length += count;
        return span;
    }

    /// <summary>Gives a large buffer back, so that one big answer does not stay with an idle connection.</summary>
    public void Reset()
    {
        const int keep = 8 * 1024 * 1024;
        if (_buffer.Length > keep)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(4096);
        }

        (Length, Flexible) = (0, false);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        Length = 0;
    }

    private void WriteUnsignedVarint(uint value)
    {
        var span = Grow(value switch { < 1u << 7 => 1, < 1u << 14 => 2, < 1u << 21 => 3, < 1u << 28 => 4, _ => 5 });
        for (int i = 0; i < span.Length - 1; i++, value >>= 7)
            span[i] = (byte)(value | 0x80);
        span[^1] = (byte)value;
    }

    private void Enlarge(int count)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + count), _buffer.Length * 2));
        WrittenSpan.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
