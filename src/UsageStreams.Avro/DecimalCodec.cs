using System.Buffers.Binary;

namespace UsageStreams.Avro;

/// <summary>
/// Avro's decimal (unscaled two's-complement big-endian integer) to and from <see cref="decimal"/>, which holds 96 bits and a scale of 0 to 28.
/// Nothing is ever rounded: what would have to be is refused.
/// </summary>
internal static class DecimalCodec
{
    /// <summary>Bytes an encoded value takes at most: 38 digits are the most an Int128 is sure to hold.</summary>
    public const int MaxSize = 16;

    private const int MaxDigits = 38;
    private const int MaxDecimalScale = 28;
    private static readonly UInt128 MaxMantissa = (UInt128.One << 96) - 1;
    private static readonly UInt128[] Powers = CreatePowers();

    public static decimal Decode(ReadOnlySpan<byte> bytes, int precision, int scale, int position)
    {
        if (bytes.Length is > 0 and <= sizeof(long) && precision >= 19 && scale <= MaxDecimalScale)
        {
            var small = SignExtend(bytes);
            var magnitude = unchecked((ulong)(small < 0 ? -small : small));
            return new decimal((int)magnitude, (int)(magnitude >> 32), 0, small < 0, (byte)scale);
        }

        return DecodeWide(bytes, precision, scale, position);
    }

    public static int Encode(decimal value, int precision, int scale, Span<byte> destination)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var mantissa = new UInt128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);
        var valueScale = (bits[3] >> 16) & 0xff;
        var unscaled = Rescale(mantissa, valueScale, precision, scale, value);
        return WriteShortest(bits[3] < 0 ? -(Int128)unscaled : (Int128)unscaled, destination);
    }

    private static long SignExtend(ReadOnlySpan<byte> bytes)
    {
        long value = (sbyte)bytes[0];
        foreach (var octet in bytes[1..])
            value = (value << 8) | octet;
        return value;
    }

    private static decimal DecodeWide(ReadOnlySpan<byte> bytes, int precision, int scale, int position)
    {
        if (bytes.IsEmpty)
            AvroFault.Data("a decimal takes at least one byte", position);
        // Longer forms are legal as long as the bytes in front only repeat the sign.
        var sign = (sbyte)bytes[0] < 0 ? (byte)0xff : (byte)0;
        while (bytes.Length > MaxSize && bytes[0] == sign)
            bytes = bytes[1..];
        if (bytes.Length > MaxSize)
            AvroFault.Data($"a decimal of {bytes.Length} bytes is more than System.Decimal holds (28 to 29 digits)", position);
        Span<byte> wide = stackalloc byte[MaxSize];
        wide.Fill(sign);
        bytes.CopyTo(wide[(MaxSize - bytes.Length)..]);
        var unscaled = BinaryPrimitives.ReadInt128BigEndian(wide);
        // The sign bit itself may have been cut off above.
        if ((unscaled < 0) != (sign != 0))
            AvroFault.Data("a decimal of more than 127 bits is more than System.Decimal holds (28 to 29 digits)", position);
        var magnitude = unscaled < 0 ? (UInt128)(-unscaled) : (UInt128)unscaled;
        if (precision < MaxDigits && magnitude >= Powers[precision])
            AvroFault.Data($"decimal {unscaled} (unscaled) has more than the schema's {precision} digits", position);
        while (scale > 0 && (scale > MaxDecimalScale || magnitude > MaxMantissa) && magnitude % 10 == 0)
        {
            magnitude /= 10;
            scale--;
        }

        if (scale > MaxDecimalScale || magnitude > MaxMantissa)
            AvroFault.Data($"decimal {unscaled} (unscaled, scale {scale}) does not fit System.Decimal (28 to 29 digits) without rounding", position);
        return new decimal((int)(uint)magnitude, (int)(uint)(magnitude >> 32), (int)(uint)(magnitude >> 64), unscaled < 0, (byte)scale);
    }

    private static UInt128 Rescale(UInt128 mantissa, int valueScale, int precision, int scale, decimal value)
    {
        var digits = Math.Min(precision, MaxDigits);
        if (valueScale > scale)
        {
            // A System.Decimal's scale is at most 28, so the power is always there.
            var (quotient, remainder) = UInt128.DivRem(mantissa, Powers[valueScale - scale]);
            if (remainder != 0)
                AvroFault.Value($"decimal {value} has more than {scale} digits after the decimal point and would have to be rounded; round it by rule before it is written");
            mantissa = quotient;
        }
        else if (mantissa != 0 && valueScale < scale)
        {
            var shift = scale - valueScale;
            if (shift > digits || mantissa >= Powers[digits - shift])
                AvroFault.Value($"decimal {value} does not fit decimal({precision},{scale})");
            return mantissa * Powers[shift];
        }

        if (mantissa >= Powers[digits])
            AvroFault.Value($"decimal {value} does not fit decimal({precision},{scale})");
        return mantissa;
    }

    private static int WriteShortest(Int128 value, Span<byte> destination)
    {
        var significant = 128 - (int)Int128.LeadingZeroCount(value < 0 ? ~value : value) + 1;
        var size = (significant + 7) / 8;
        for (var i = size - 1; i >= 0; i--)
        {
            destination[i] = (byte)value;
            value >>= 8;
        }

        return size;
    }

    private static UInt128[] CreatePowers()
    {
        var powers = new UInt128[MaxDigits + 1];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++)
            powers[i] = powers[i - 1] * 10;
        return powers;
    }
}
