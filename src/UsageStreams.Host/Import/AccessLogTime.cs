namespace UsageStreams.Host.Import;

/// <summary>The time of an access log: <c>17/May/2015:10:05:03 +0000</c>.</summary>
internal static class AccessLogTime
{
    private const int Length = 26;

    private static ReadOnlySpan<byte> Months => "JanFebMarAprMayJunJulAugSepOctNovDec"u8;

    /// <summary>Reads a time of any offset into UTC.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length != Length || text[2] != '/' || text[6] != '/' || text[11] != ':' || text[14] != ':' || text[17] != ':' || text[20] != ' ')
            return false;
        var month = Month(text.Slice(3, 3));
        if (month == 0 || !TryDigits(text[..2], out var day) || !TryDigits(text.Slice(7, 4), out var year)
            || !TryDigits(text.Slice(12, 2), out var hour) || !TryDigits(text.Slice(15, 2), out var minute)
            || !TryDigits(text.Slice(18, 2), out var second) || !TryOffset(text[21..], out var offset))
            return false;
        if (year is < 1970 or > 9998 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60)
            return false;
        // A leap second is the first instant of the next minute.
        time = new DateTimeOffset(year, month, day, hour, minute, 0, TimeSpan.Zero).AddSeconds(second) - offset;
        return true;
    }

    private static int Month(ReadOnlySpan<byte> name)
    {
        for (var month = 0; month < 12; month++)
        {
            if (Months.Slice(month * 3, 3).SequenceEqual(name))
                return month + 1;
        }

        return 0;
    }

    private static bool TryOffset(ReadOnlySpan<byte> text, out TimeSpan offset)
    {
        offset = default;
        if (text[0] is not ((byte)'+' or (byte)'-') || !TryDigits(text.Slice(1, 2), out var hours) || !TryDigits(text.Slice(3, 2), out var minutes)
            || hours > 14 || minutes > 59)
            return false;
        offset = new TimeSpan(hours, minutes, 0);
        if (text[0] == '-')
            offset = -offset;
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            value = (value * 10) + digit - '0';
        }

        return true;
    }
}
