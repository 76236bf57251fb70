using UsageStreams.Model;

namespace UsageStreams.Oracle.Naive;

/// <summary>A record as it arrived: an event, or something that is none.</summary>
/// <param name="Arrival">Unix ms.</param>
/// <param name="Key">The record's key.</param>
/// <param name="Event">The event; null when the record is none.</param>
/// <param name="Garbage">Why it is none, as metering calls that; null for events.</param>
/// <param name="IsAstray">Whether it stands in another partition than its key's.</param>
internal sealed record Arrived(long Arrival, string Key, UsageEvent? Event, string? Garbage, bool IsAstray = false)
{
    /// <summary>Event time, Unix ms.</summary>
    public long Time => Event!.Time.ToUnixTimeMilliseconds();
}
