using System.Globalization;

namespace UsageStreams.Host.Up;

/// <summary>Counts the generated days of a data folder over restarts, so that none is published twice.</summary>
internal sealed class DayCount(string file)
{
    /// <summary>The next day, from 0.</summary>
    public int Next()
    {
        var day = File.Exists(file) && int.TryParse(File.ReadAllText(file), NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last + 1 : 0;
        File.WriteAllText(file, day.ToString(CultureInfo.InvariantCulture));
        return day;
    }
}
