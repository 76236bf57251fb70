namespace UsageStreams.Model;

/// <summary>Effective dating: half-open intervals, without an end while they last.</summary>
public static class Effective
{
    /// <summary>Whether <paramref name="time"/> lies in [<paramref name="from"/>, <paramref name="to"/>).</summary>
    public static bool Covers(DateTimeOffset from, DateTimeOffset? to, DateTimeOffset time) => from <= time && (to is null || time < to);
}
