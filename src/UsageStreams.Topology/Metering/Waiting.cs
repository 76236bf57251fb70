using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>Some events of a tenant with the same fate: how many, how old and where.</summary>
/// <param name="Count">How many.</param>
/// <param name="Oldest">Event time of the oldest, Unix milliseconds.</param>
/// <param name="FirstOffset">Offset of the first.</param>
/// <param name="LastOffset">Offset of the last.</param>
internal readonly record struct Waiting(long Count, long Oldest, long FirstOffset, long LastOffset)
{
    /// <summary>One event.</summary>
    public static Waiting One(long time, in RecordMetadata at) => new(1, time, at.Offset, at.Offset);

    /// <summary>Both together.</summary>
    public Waiting With(in Waiting other) => Count == 0 ? other : other.Count == 0 ? this : new(
        Count + other.Count, Math.Min(Oldest, other.Oldest), Math.Min(FirstOffset, other.FirstOffset), Math.Max(LastOffset, other.LastOffset));
}
