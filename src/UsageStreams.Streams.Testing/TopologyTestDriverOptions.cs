namespace UsageStreams.Streams.Testing;

/// <summary>How a <see cref="TopologyTestDriver"/> runs.</summary>
public sealed record TopologyTestDriverOptions
{
    /// <summary>Prefix of internal topics; default <c>test</c>.</summary>
    public string ApplicationId { get; init; } = "test";

    /// <summary>Partitions of each topic that <see cref="PartitionsOf"/> does not name; default 1.</summary>
    public int Partitions { get; init; } = 1;

    /// <summary>Partitions of single topics, by name; a repartition topic by the name given to <c>Repartitioned.With</c>.</summary>
    public IReadOnlyDictionary<string, int> PartitionsOf { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>Whether each piped record is committed at once; default true. Otherwise <see cref="TopologyTestDriver.Commit"/> does it.</summary>
    public bool CommitAfterEachRecord { get; init; } = true;

    /// <summary>Silence after which a task falls idle; default 30 seconds of the driver's clock.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock; default starts at 2026-01-01 00:00 UTC.</summary>
    public ManualTimeProvider Clock { get; init; } = new();
}
