using System.Globalization;

namespace UsageStreams.Host.Catalogue;

/// <summary>Durations and instants as people write them.</summary>
internal static class CatalogueTime
{
    private const long LongestDays = 36_500;

    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'"];

    private static readonly (char Unit, long Millis)[] Units = [('d', 86_400_000), ('h', 3_600_000), ('m', 60_000), ('s', 1000)];

    /// <summary>Reads <c>45d</c>, <c>10m</c>, <c>1d12h</c>: whole numbers of days, hours, minutes, seconds, larger units first.</summary>
    public static bool TryDuration(string text, out long millis)
    {
        millis = 0;
        var rest = text.AsSpan();
        foreach (var (unit, length) in Units)
        {
            var at = rest.IndexOf(unit);
            if (at < 0)
                continue;
            if (!int.TryParse(rest[..at], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count * length > LongestDays * Units[0].Millis)
                return false;
            millis += count * length;
            rest = rest[(at + 1)..];
        }

        return rest.IsEmpty && text.Length > 0;
    }

    /// <summary>A duration as <see cref="TryDuration"/> reads it; milliseconds that make no whole second are told as such.</summary>
    public static string Duration(long millis)
    {
        if (millis == 0)
            return "0s";
        if (millis % 1000 != 0)
            return millis.ToString(CultureInfo.InvariantCulture) + "ms";
        var text = "";
        foreach (var (unit, length) in Units)
        {
            if (millis / length is var count and not 0)
                text += count.ToString(CultureInfo.InvariantCulture) + unit;
            millis %= length;
        }

        return text;
    }

    /// <summary>Reads a date or an instant, always UTC: <c>2026-01-01</c>, <c>2026-01-01T06:00Z</c>.</summary>
    public static bool TryInstant(string text, out DateTimeOffset instant) =>
        DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant);

    /// <summary>An instant as <see cref="TryInstant"/> reads it.</summary>
    public static string Instant(DateTimeOffset instant) => instant.ToString(
        instant.TimeOfDay == TimeSpan.Zero ? Formats[0] : instant.Second == 0 ? Formats[1] : Formats[2], CultureInfo.InvariantCulture);
}
