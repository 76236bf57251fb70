using System.Globalization;

namespace UsageStreams.Model;

/// <summary>Times as RFC 3339 writes them: date, time and offset, such as <c>2026-05-17T10:05:03.25+02:00</c>.</summary>
public static class Rfc3339
{
    /// <summary>Reads a time; what is finer than a millisecond is cut off.</summary>
    /// <param name="text">The text.</param>
    /// <param name="time">The time, in UTC.</param>
    /// <returns>False when the text is no such time, or has no offset.</returns>
    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        var upper = text.ToUpperInvariant();
        var withOffset = upper.EndsWith('Z') || (upper.Length > 6 && upper[^6] is '+' or '-' && upper[^3] == ':');
        if (!withOffset || upper.Length < 20 || upper[10] != 'T'
            || !DateTimeOffset.TryParse(upper, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var read))
            return false;
        time = DateTimeOffset.FromUnixTimeMilliseconds(read.ToUnixTimeMilliseconds());
        return true;
    }
}
