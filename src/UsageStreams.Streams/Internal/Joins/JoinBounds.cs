using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Internal.Joins;

/// <summary>The bounds of a join of streams in ms, seen from either side.</summary>
internal sealed record JoinBounds(JoinWindows Windows, bool KeepsLeft, bool KeepsRight)
{
    private readonly long _before = (long)Windows.Before.TotalMilliseconds;
    private readonly long _after = (long)Windows.After.TotalMilliseconds;

    public long Grace { get; } = (long)Windows.Grace.TotalMilliseconds;

    /// <summary>Whether a record of this side is sent even if it stays alone.</summary>
    public bool Keeps(bool left) => left ? KeepsLeft : KeepsRight;

    /// <summary>The earliest partner of a record.</summary>
    public long From(bool left, long time) => left ? time - _before : time - _after;

    /// <summary>The latest partner of a record.</summary>
    public long To(bool left, long time) => left ? time + _after : time + _before;

    /// <summary>The stream time from which on no partner can come that is not late.</summary>
    public long End(bool left, long time) => To(left, time) + Grace + 1;
}
