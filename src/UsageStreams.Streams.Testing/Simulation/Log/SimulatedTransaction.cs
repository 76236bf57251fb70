using Confluent.Kafka;

namespace UsageStreams.Streams.Testing.Simulation.Log;

/// <summary>A transaction: what it touched, and how it ended. Markers reach the partitions one by one after the end is decided.</summary>
internal sealed class SimulatedTransaction(string owner, TimeSpan startedAt)
{
    public string Owner { get; } = owner;

    public TimeSpan StartedAt { get; } = startedAt;

    /// <summary>Null while open.</summary>
    public bool? Outcome { get; set; }

    /// <summary>Partitions that have no marker yet.</summary>
    public List<SimulatedPartition> Partitions { get; } = [];

    /// <summary>Group offsets that it will commit.</summary>
    public Dictionary<TopicPartition, long> Offsets { get; } = [];

    /// <summary>Whether the offsets topic has no marker yet.</summary>
    public bool HoldsOffsets { get; set; }

    public bool IsComplete => Outcome is not null && Partitions.Count == 0 && !HoldsOffsets;
}

/// <summary>What the coordinator knows of a transactional id.</summary>
internal sealed class TransactionalId(string name)
{
    public string Name { get; } = name;

    /// <summary>Grows with every transaction and every fencing: what comes with an older one is refused.</summary>
    public int Epoch { get; set; }

    public SimulatedTransaction? Open { get; set; }

    public SimulatedTransaction? Completing { get; set; }
}
