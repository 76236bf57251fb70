namespace UsageStreams.Avro;

/// <content>Logical types.</content>
public ref partial struct AvroReader
{
    /// <summary>Reads a decimal over bytes.</summary>
    /// <param name="precision">Most digits the schema allows.</param>
    /// <param name="scale">Digits after the decimal point.</param>
    public decimal ReadDecimal(int precision, int scale)
    {
        var start = _position;
        return DecimalCodec.Decode(ReadBytesSpan(), precision, scale, start);
    }

    /// <summary>Reads a decimal over fixed.</summary>
    /// <param name="size">Size of the fixed in bytes.</param>
    /// <param name="precision">Most digits the schema allows.</param>
    /// <param name="scale">Digits after the decimal point.</param>
    public decimal ReadFixedDecimal(int size, int precision, int scale)
    {
        var start = _position;
        return DecimalCodec.Decode(ReadFixed(size), precision, scale, start);
    }

    /// <summary>Reads a timestamp-millis.</summary>
    /// <returns>The instant, with offset zero.</returns>
    public DateTimeOffset ReadTimestampMillis() => ReadTimestamp(TimeSpan.TicksPerMillisecond);

    /// <summary>Reads a timestamp-micros.</summary>
    /// <returns>The instant, with offset zero.</returns>
    public DateTimeOffset ReadTimestampMicros() => ReadTimestamp(TimeSpan.TicksPerMicrosecond);

    private DateTimeOffset ReadTimestamp(long ticksPerUnit)
    {
        var start = _position;
        var value = ReadLong();
        var minimum = -DateTime.UnixEpoch.Ticks / ticksPerUnit;
        var maximum = (DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks) / ticksPerUnit;
        if (value < minimum || value > maximum)
            AvroFault.Data($"timestamp {value} is outside the years 1 to 9999 ({minimum} to {maximum})", start);
        return new DateTimeOffset(DateTime.UnixEpoch.Ticks + (value * ticksPerUnit), TimeSpan.Zero);
    }

    /// <summary>Reads a date.</summary>
    public DateOnly ReadDate()
    {
        var start = _position;
        var epoch = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        var day = (long)ReadInt() + epoch;
        if (day < 0 || day > DateOnly.MaxValue.DayNumber)
            AvroFault.Data($"day {day - epoch} since 1970-01-01 is outside the years 1 to 9999", start);
        return DateOnly.FromDayNumber((int)day);
    }

    /// <summary>Reads a uuid over string.</summary>
    public Guid ReadUuid()
    {
        var start = _position;
        if (!Guid.TryParseExact(ReadString(), "D", out var value))
            AvroFault.Data("a uuid is 32 hexadecimal digits in five groups, as RFC 4122 writes it", start);
        return value;
    }
}
