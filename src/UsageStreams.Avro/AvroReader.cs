using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace UsageStreams.Avro;

/// <summary>
/// Reads Avro's binary encoding from a span, in the order it was written. Every length is checked against what is left before anything is
/// allocated. Every method throws <see cref="AvroDataException"/> where the bytes end early or are not what was asked for.
/// </summary>
public ref partial struct AvroReader
{
    /// <summary>How deep recursive records may nest.</summary>
    public const int MaxDepth = 500;

    /// <summary>How many items that take no bytes (null, empty records) one message may hold: nothing else bounds their number.</summary>
    public const int MaxEmptyItems = 1_000_000;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _data;
    private int _position;
    private int _depth;
    private int _emptyItems;

    /// <summary>Starts at the first byte.</summary>
    /// <param name="data">The Avro body, without wire format or container around it.</param>
    public AvroReader(ReadOnlySpan<byte> data) => _data = data;

    /// <summary>Offset of the next byte.</summary>
    public readonly int Position => _position;

    /// <summary>Bytes not yet read.</summary>
    public readonly int Remaining => _data.Length - _position;

    /// <summary>Reads a boolean.</summary>
    public bool ReadBoolean()
    {
        if (_position >= _data.Length)
            AvroFault.Truncated(_position, 1, 0);
        var value = _data[_position];
        if (value > 1)
            AvroFault.Data($"a boolean is 0 or 1, not {value}", _position);
        _position++;
        return value == 1;
    }

    /// <summary>Reads an int.</summary>
    public int ReadInt()
    {
        var start = _position;
        var value = ReadLong();
        if (value is < int.MinValue or > int.MaxValue || _position - start > 5)
            AvroFault.Data($"an int is {int.MinValue} to {int.MaxValue} in at most 5 bytes, not {value} in {_position - start}", start);
        return (int)value;
    }

    /// <summary>Reads a long.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadLong()
    {
        if ((uint)_position < (uint)_data.Length && _data[_position] is var first && first < 0x80)
        {
            _position++;
            return (first >> 1) ^ -(first & 1);
        }

        return ReadLongSlow();
    }

    private long ReadLongSlow()
    {
        var encoded = 0UL;
        var position = _position;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (position >= _data.Length)
                AvroFault.Truncated(position, 1, 0);
            var octet = _data[position++];
            // Nine bytes carry 63 bits, so the tenth may only be 0 or 1.
            if (shift == 63 && octet > 1)
                break;
            encoded |= (ulong)(octet & 0x7f) << shift;
            if (octet < 0x80)
            {
                _position = position;
                return (long)(encoded >> 1) ^ -(long)(encoded & 1);
            }
        }

        AvroFault.Data("a variable-length integer does not end within 10 bytes and 64 bits", _position);
        return 0;
    }

    /// <summary>Reads a float.</summary>
    public float ReadFloat() => BinaryPrimitives.ReadSingleLittleEndian(ReadFixed(sizeof(float)));

    /// <summary>Reads a double.</summary>
    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(ReadFixed(sizeof(double)));

    /// <summary>Reads bytes without copying them.</summary>
    /// <returns>A part of the span the reader was made for.</returns>
    public ReadOnlySpan<byte> ReadBytesSpan()
    {
        var start = _position;
        var length = ReadLong();
        if ((ulong)length > (ulong)Remaining)
            AvroFault.Length(start, length, Remaining);
        return ReadFixed((int)length);
    }

    /// <summary>Reads bytes into an array of their own.</summary>
    public byte[] ReadBytes() => ReadBytesSpan().ToArray();

    /// <summary>Reads a string. Invalid UTF-8 is an error.</summary>
    public string ReadString()
    {
        var start = _position;
        var utf8 = ReadBytesSpan();
        try
        {
            return utf8.IsEmpty ? "" : StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException error)
        {
            throw new AvroDataException($"a string of {utf8.Length} bytes is not valid UTF-8", start, innerException: error);
        }
    }

    /// <summary>Reads a number of bytes without copying them.</summary>
    /// <param name="size">How many, 0 or more.</param>
    /// <returns>A part of the span the reader was made for.</returns>
    public ReadOnlySpan<byte> ReadFixed(int size)
    {
        if ((uint)size > (uint)Remaining)
            AvroFault.Truncated(_position, size, Remaining);
        var value = _data.Slice(_position, size);
        _position += size;
        return value;
    }

    /// <summary>Reads the index of an enum's symbol.</summary>
    /// <param name="symbols">How many symbols there are.</param>
    public int ReadEnum(int symbols) => ReadIndex(symbols, "symbols of the enum");

    /// <summary>Reads the index of a union's branch.</summary>
    /// <param name="branches">How many branches there are.</param>
    public int ReadUnion(int branches) => ReadIndex(branches, "branches of the union");

    private int ReadIndex(int count, string what)
    {
        var start = _position;
        var index = ReadLong();
        if ((ulong)index >= (ulong)count)
            AvroFault.Data($"index {index} is not one of the {count} {what}", start);
        return (int)index;
    }

    /// <summary>
    /// Reads the start of an array's or map's next block. The caller reads that many items and calls again, until the answer is 0.
    /// </summary>
    /// <param name="minimumItemSize">Fewest bytes an item takes; bounds the count by the bytes that are left.</param>
    /// <returns>How many items follow; 0 at the end.</returns>
    public int ReadBlock(int minimumItemSize) => ReadBlock(minimumItemSize, out _);

    /// <summary>Reads the start of a block as <see cref="ReadBlock(int)"/> does, and its size in bytes where the writer gave it, else -1.</summary>
    internal int ReadBlock(int minimumItemSize, out int size)
    {
        var start = _position;
        var count = ReadLong();
        size = -1;
        if (count == 0)
            return 0;
        if (count < 0)
        {
            var sizeInBytes = ReadLong();
            if ((ulong)sizeInBytes > (ulong)Remaining)
                AvroFault.Length(start, sizeInBytes, Remaining);
            size = (int)sizeInBytes;
            count = -count;
        }

        var limit = minimumItemSize > 0 ? Remaining / minimumItemSize : MaxEmptyItems - _emptyItems;
        if ((ulong)count > (ulong)limit)
            AvroFault.Items(start, count, minimumItemSize, Remaining);
        if (minimumItemSize == 0)
            _emptyItems += (int)count;
        return (int)count;
    }

    /// <summary>Enters a record that may contain itself; <see cref="Ascend"/> leaves it.</summary>
    public void Descend()
    {
        if (++_depth > MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            AvroFault.Data($"records are nested too deep: {_depth} levels, of at most {MaxDepth}", _position);
    }

    /// <summary>Leaves a record that <see cref="Descend"/> entered.</summary>
    public void Ascend() => _depth--;

    /// <summary>What was read since a position.</summary>
    internal readonly ReadOnlySpan<byte> Since(int start) => _data[start.._position];

    /// <summary>Goes to a position that was read over before.</summary>
    internal void Seek(int position) => _position = position;
}
