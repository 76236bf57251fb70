using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace UsageStreams.Avro;

/// <summary>
/// Writes Avro's binary encoding. Bytes reach the buffer writer's count when the memory at hand is full and on <see cref="Flush"/>,
/// which the one who made the writer must call at the end.
/// </summary>
public ref partial struct AvroWriter
{
    private const int MaxLongSize = 10;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly IBufferWriter<byte> _output;
    private Span<byte> _span;
    private int _used;

    /// <summary>Starts writing.</summary>
    /// <param name="output">Where the bytes go.</param>
    public AvroWriter(IBufferWriter<byte> output)
    {
        _output = output;
        _span = output.GetSpan();
    }

    /// <summary>Hands everything written so far to the buffer writer.</summary>
    public void Flush()
    {
        if (_used == 0)
            return;
        _output.Advance(_used);
        _used = 0;
        _span = default;
    }

    /// <summary>Writes a boolean.</summary>
    /// <param name="value">The value.</param>
    public void WriteBoolean(bool value) => Reserve(1)[_used++] = value ? (byte)1 : (byte)0;

    /// <summary>Writes an int.</summary>
    /// <param name="value">The value.</param>
    public void WriteInt(int value) => WriteLong(value);

    /// <summary>Writes a long.</summary>
    /// <param name="value">The value.</param>
    public void WriteLong(long value)
    {
        var span = Reserve(MaxLongSize);
        var encoded = ((ulong)value << 1) ^ (ulong)(value >> 63);
        var position = _used;
        while (encoded >= 0x80)
        {
            span[position++] = (byte)(encoded | 0x80);
            encoded >>= 7;
        }

        span[position++] = (byte)encoded;
        _used = position;
    }

    /// <summary>Writes a float.</summary>
    /// <param name="value">The value.</param>
    public void WriteFloat(float value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(Reserve(sizeof(float))[_used..], value);
        _used += sizeof(float);
    }

    /// <summary>Writes a double.</summary>
    /// <param name="value">The value.</param>
    public void WriteDouble(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(Reserve(sizeof(double))[_used..], value);
        _used += sizeof(double);
    }

    /// <summary>Writes bytes with their length in front.</summary>
    /// <param name="value">The bytes.</param>
    public void WriteBytes(scoped ReadOnlySpan<byte> value)
    {
        WriteLong(value.Length);
        WriteRaw(value);
    }

    /// <summary>Writes a string.</summary>
    /// <param name="value">The text.</param>
    /// <exception cref="AvroDataException">Half of a surrogate pair stands alone, which UTF-8 cannot say.</exception>
    public void WriteString(string value)
    {
        // Up to 21 characters take at most 63 bytes, so their length takes one byte and the text can be encoded behind it at once.
        const int shortLength = 21;
        try
        {
            if (value.Length <= shortLength)
            {
                var size = StrictUtf8.GetBytes(value, Reserve(1 + (shortLength * 3))[(_used + 1)..]);
                _span[_used] = (byte)(size << 1);
                _used += size + 1;
                return;
            }

            var length = StrictUtf8.GetByteCount(value);
            WriteLong(length);
            // Not in one statement with the sum: reserving may set the count back to 0.
            StrictUtf8.GetBytes(value, Reserve(length)[_used..]);
            _used += length;
        }
        catch (EncoderFallbackException error)
        {
            throw new AvroDataException($"a string of {value.Length} characters is not valid UTF-16: half of a surrogate pair stands alone", innerException: error);
        }
    }

    /// <summary>Writes a fixed.</summary>
    /// <param name="value">The bytes.</param>
    /// <param name="size">How many the schema asks for.</param>
    /// <exception cref="AvroDataException">There are more or fewer.</exception>
    public void WriteFixed(ReadOnlySpan<byte> value, int size)
    {
        if (value.Length != size)
            AvroFault.Value($"a fixed of {size} bytes cannot hold {value.Length}");
        WriteRaw(value);
    }

    /// <summary>Writes the index of an enum's symbol.</summary>
    /// <param name="index">The index.</param>
    /// <param name="symbols">How many symbols there are.</param>
    /// <exception cref="AvroDataException">There is no such symbol.</exception>
    public void WriteEnum(int index, int symbols)
    {
        if ((uint)index >= (uint)symbols)
            AvroFault.Value($"{index} is not one of the {symbols} symbols of the enum");
        WriteLong(index);
    }

    /// <summary>Writes the index of a union's branch; the value follows.</summary>
    /// <param name="index">The index.</param>
    public void WriteUnion(int index) => WriteLong(index);

    /// <summary>Writes the start of the one block an array or map is written in; nothing when it is empty.</summary>
    /// <param name="count">How many items follow.</param>
    public void WriteBlock(int count)
    {
        if (count > 0)
            WriteLong(count);
    }

    /// <summary>Writes the end of an array or map.</summary>
    public void WriteEnd() => Reserve(1)[_used++] = 0;

    /// <summary>Writes bytes that are Avro already.</summary>
    /// <param name="encoded">The bytes.</param>
    public void WriteRaw(scoped ReadOnlySpan<byte> encoded)
    {
        encoded.CopyTo(Reserve(encoded.Length)[_used..]);
        _used += encoded.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Reserve(int size)
    {
        if (_span.Length - _used < size)
            Grow(size);
        return _span;
    }

    private void Grow(int size)
    {
        Flush();
        _span = _output.GetSpan(size);
    }
}
