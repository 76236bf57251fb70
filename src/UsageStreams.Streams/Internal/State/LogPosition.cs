namespace UsageStreams.Streams.Internal.State;

/// <summary>Where a record lies in a state log.</summary>
/// <param name="Segment">Number of the segment; 0 for nowhere.</param>
/// <param name="Offset">Bytes from the segment's beginning.</param>
internal readonly record struct LogPosition(int Segment, int Offset);

/// <summary>A record of a state log; valid during the call only.</summary>
internal readonly ref struct LogRecord
{
    public int Store { get; init; }

    public bool IsDeleted { get; init; }

    public ReadOnlySpan<byte> Key { get; init; }

    public ReadOnlySpan<byte> Value { get; init; }

    public LogPosition Position { get; init; }
}

/// <summary>What the state of a task stands for, as of one batch of its log.</summary>
/// <param name="Input">The state is that after the input's records below this offset were processed; null while it is not complete.</param>
/// <param name="AsOf">Unix ms at which <paramref name="Changelogs"/> were known to be the ends.</param>
/// <param name="Changelogs">
/// By store: the state holds every record of its changelog below this offset, and maybe some beyond. 0 where there is no changelog.
/// </param>
internal sealed record Checkpoint(long? Input, long AsOf, long[] Changelogs)
{
    /// <summary>Nothing is known.</summary>
    public static Checkpoint None(int stores) => new(null, 0, new long[stores]);
}
