using Confluent.Kafka;
using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Streams.Internal.State;

/// <summary>What must be read before a task's state is complete.</summary>
/// <param name="Input">The input, for stores that are made of it; null when there are none.</param>
/// <param name="Changelogs">By store; null where there is no changelog.</param>
internal sealed record RestorePlan(CatchUpPartition? Input, IReadOnlyList<CatchUpPartition?> Changelogs)
{
    public static RestorePlan Nothing { get; } = new(null, []);

    public IReadOnlyList<CatchUpPartition> Partitions { get; } = [.. Changelogs.Append(Input).OfType<CatchUpPartition>()];

    public bool IsDone => Partitions.All(static p => p.IsDone);

    /// <summary>Offsets still to be read.</summary>
    public long ToRead => Partitions.Sum(static p => Math.Max(0, p.Target - p.Position));

    public long Records => Partitions.Sum(static p => p.Records);

    /// <summary>The state as far as it was read; <paramref name="input"/> is what it stands for where the input itself is not read.</summary>
    public Checkpoint Reached(long? input, long asOf) => new(Input?.Position ?? input, asOf, [.. Changelogs.Select(static p => p?.Position ?? 0)]);
}
