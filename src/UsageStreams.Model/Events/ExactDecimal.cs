using System.Globalization;
using System.Text.Json;

namespace UsageStreams.Model;

/// <summary>Reads numbers as the decimals that a quantity can be: 28 digits, 9 of them behind the point, nothing rounded.</summary>
public static class ExactDecimal
{
    private const int Scale = 9;
    private const decimal Limit = 1e19m;

    /// <summary>Reads a number as JSON writes it, exponent included.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The number.</param>
    /// <returns>False when the text is no number or can't be held exactly.</returns>
    public static bool TryParse(string text, out decimal value)
    {
        if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture, out value))
            return false;
        return Math.Abs(value) < Limit && decimal.Round(value, Scale) == value && SignificantDigits(text) <= 28;
    }

    /// <summary>Reads a JSON number, or a JSON string that holds one.</summary>
    /// <param name="value">The JSON.</param>
    /// <param name="number">The number.</param>
    /// <returns>False when it is neither, or can't be held exactly.</returns>
    public static bool TryRead(JsonElement value, out decimal number) => TryParse(
        value.ValueKind switch
        {
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.String => value.GetString()!,
            _ => "",
        },
        out number);

    // decimal.Parse rounds what has more digits than it holds; zeros at either end don't count.
    private static int SignificantDigits(string text)
    {
        var mantissa = text.AsSpan();
        var exponent = mantissa.IndexOfAny('e', 'E');
        if (exponent >= 0)
            mantissa = mantissa[..exponent];
        mantissa = mantissa.TrimStart("+-0.");
        if (mantissa.Contains('.') || text.AsSpan().TrimStart("+-0").StartsWith("."))
            mantissa = mantissa.TrimEnd('0');
        var digits = 0;
        foreach (var character in mantissa)
            digits += char.IsAsciiDigit(character) ? 1 : 0;
        return digits;
    }
}
