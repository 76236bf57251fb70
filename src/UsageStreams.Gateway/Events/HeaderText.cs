using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace UsageStreams.Gateway.Events;

/// <summary>
/// The text of an attribute in a header: unquoted, then percent-decoded once, as CloudEvents' HTTP binding says in 3.1.3.2
/// (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md).
/// </summary>
internal static class HeaderText
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes a header's value.</summary>
    /// <returns>False when what is encoded is no UTF-8, or a quoted text does not end.</returns>
    public static bool TryDecode(string value, [NotNullWhen(true)] out string? text)
    {
        text = Unquote(value.Trim());
        if (text is null || !text.Contains('%', StringComparison.Ordinal))
            return text is not null;
        try
        {
            text = Decode(text);
            return true;
        }
        catch (ArgumentException)
        {
            // Encoder and decoder say so for what is no Unicode.
            text = null;
            return false;
        }
    }

    private static string? Unquote(string value)
    {
        if (!value.StartsWith('"'))
            return value;
        if (value.Length < 2 || !value.EndsWith('"'))
            return null;
        var text = new StringBuilder(value.Length);
        for (var at = 1; at < value.Length - 1; at++)
        {
            if (value[at] == '\\' && ++at == value.Length - 1)
                return null;
            text.Append(value[at]);
        }

        return text.ToString();
    }

    // A percent sign that two hexadecimal digits don't follow stands for itself.
    private static string Decode(string text)
    {
        var bytes = StrictUtf8.GetBytes(text);
        var length = 0;
        for (var at = 0; at < bytes.Length; at++)
        {
            if (bytes[at] == '%' && at + 2 < bytes.Length && char.IsAsciiHexDigit((char)bytes[at + 1]) && char.IsAsciiHexDigit((char)bytes[at + 2]))
            {
                bytes[length++] = Convert.FromHexString([(char)bytes[at + 1], (char)bytes[at + 2]])[0];
                at += 2;
            }
            else
            {
                bytes[length++] = bytes[at];
            }
        }

        return StrictUtf8.GetString(bytes, 0, length);
    }
}
