namespace UsageStreams.Host.Import;

/// <summary>What to import and how.</summary>
internal sealed record ImportOptions
{
    /// <summary>The file.</summary>
    public required string File { get; init; }

    /// <summary>How to read its lines.</summary>
    public required ILineFormat Format { get; init; }

    /// <summary>Name of the source: another file needs another.</summary>
    public required string Source { get; init; }

    /// <summary>When set, said at the end: nothing before this time will come any more.</summary>
    public DateTimeOffset? CompleteUntil { get; init; }

    /// <summary>Lines in a transaction. Default 1,000.</summary>
    public int LinesPerTransaction { get; init; } = 1000;

    /// <summary>Pace, for people who watch; 0 (the default) is as fast as it goes.</summary>
    public double EventsPerSecond { get; init; }
}
