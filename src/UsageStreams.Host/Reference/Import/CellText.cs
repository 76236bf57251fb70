using System.Globalization;

namespace UsageStreams.Host.Reference.Import;

/// <summary>Values as the cells that give them back.</summary>
internal static class CellText
{
    public static string? Of(DateTimeOffset? time) => time is not { } value ? null
        : value.UtcDateTime.TimeOfDay == TimeSpan.Zero ? value.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : value.UtcDateTime.Millisecond == 0 ? value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
        : value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string Of(int number) => number.ToString(CultureInfo.InvariantCulture);

    public static string? Of(decimal? number) => number?.ToString("0.#########", CultureInfo.InvariantCulture);
}
