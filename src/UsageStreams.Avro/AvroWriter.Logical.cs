namespace UsageStreams.Avro;

/// <content>Logical types.</content>
public ref partial struct AvroWriter
{
    /// <summary>Writes a decimal over bytes, in the shortest form.</summary>
    /// <param name="value">The value.</param>
    /// <param name="precision">Most digits the schema allows.</param>
    /// <param name="scale">Digits after the decimal point.</param>
    /// <exception cref="AvroDataException">The value has too many digits, or would have to be rounded.</exception>
    public void WriteDecimal(decimal value, int precision, int scale)
    {
        // At most 16 bytes, so the length in front takes one.
        var size = DecimalCodec.Encode(value, precision, scale, Reserve(1 + DecimalCodec.MaxSize)[(_used + 1)..]);
        _span[_used] = (byte)(size << 1);
        _used += size + 1;
    }

    /// <summary>Writes a decimal over fixed, sign-extended.</summary>
    /// <param name="value">The value.</param>
    /// <param name="size">Size of the fixed in bytes.</param>
    /// <param name="precision">Most digits the schema allows.</param>
    /// <param name="scale">Digits after the decimal point.</param>
    /// <exception cref="AvroDataException">The value has too many digits, or would have to be rounded.</exception>
    public void WriteFixedDecimal(decimal value, int size, int precision, int scale)
    {
        Span<byte> shortest = stackalloc byte[DecimalCodec.MaxSize];
        var used = DecimalCodec.Encode(value, precision, scale, shortest);
        if (used > size)
            AvroFault.Value($"decimal {value} does not fit a fixed of {size} bytes");
        var target = Reserve(size).Slice(_used, size);
        target[..(size - used)].Fill(value < 0 ? (byte)0xff : (byte)0);
        shortest[..used].CopyTo(target[(size - used)..]);
        _used += size;
    }

    /// <summary>Writes a timestamp-millis. What is finer than a millisecond is dropped.</summary>
    /// <param name="value">The instant, of any offset.</param>
    public void WriteTimestampMillis(DateTimeOffset value) => WriteLong(value.ToUnixTimeMilliseconds());

    /// <summary>Writes a timestamp-micros. What is finer than a microsecond is dropped.</summary>
    /// <param name="value">The instant, of any offset.</param>
    public void WriteTimestampMicros(DateTimeOffset value) =>
        WriteLong((value.UtcTicks / TimeSpan.TicksPerMicrosecond) - (DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond));

    /// <summary>Writes a date.</summary>
    /// <param name="value">The day.</param>
    public void WriteDate(DateOnly value) => WriteLong(value.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber);

    /// <summary>Writes a uuid over string.</summary>
    /// <param name="value">The value.</param>
    public void WriteUuid(Guid value)
    {
        const int size = 36;
        var target = Reserve(1 + size)[_used..];
        target[0] = size << 1;
        // Always true: the target holds the 36 characters of the default format.
        value.TryFormat(target[1..], out _);
        _used += 1 + size;
    }
}
