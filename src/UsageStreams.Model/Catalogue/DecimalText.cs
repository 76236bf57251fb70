using System.Globalization;

namespace UsageStreams.Model;

/// <summary>Reads the numbers that stand in properties, without garbage.</summary>
internal static class DecimalText
{
    // So many digits always fit into a long.
    private const int ShortDigits = 18;

    /// <summary>
    /// Reads a number: sign, digits, decimal point, exponent, blanks around; no thousands separators. Digits beyond the 28th are rounded.
    /// </summary>
    /// <returns>False for anything else, and beyond what a decimal holds.</returns>
    public static bool TryParse(string text, out decimal number)
    {
        if (TryShort(text, out var whole))
        {
            number = whole;
            return true;
        }

        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }

    // Most are whole and short: status codes, sizes.
    private static bool TryShort(string text, out long number)
    {
        number = 0;
        if (text.Length is 0 or > ShortDigits) return false;
        foreach (var character in text)
        {
            if (!char.IsAsciiDigit(character)) return false;
            number = (number * 10) + (character - '0');
        }

        return true;
    }
}
