namespace UsageStreams.Model;

/// <summary>An event as a metric counts it in a window.</summary>
/// <param name="Record">The record it stands in.</param>
/// <param name="Value">The number that is summed, compared or averaged; 1 for count, 0 for unique.</param>
/// <param name="Member">Of unique: what is told apart.</param>
public sealed record CountedEvent(EventRecord Record, decimal Value, string? Member)
{
    /// <summary>The event.</summary>
    public UsageEvent Usage => Record.Usage!;

    /// <summary>Event time, Unix milliseconds.</summary>
    public long Time => Record.Usage!.Time.ToUnixTimeMilliseconds();

    /// <summary>Its identity.</summary>
    public EventDigest Identity => Record.Identity;

    /// <summary>Whether it stands in a range.</summary>
    public bool StandsIn(SourceRange range) =>
        Record.Partition == range.Partition && Record.Offset >= range.FirstOffset && Record.Offset <= range.LastOffset && string.Equals(Record.Topic, range.Topic, StringComparison.Ordinal);
}
