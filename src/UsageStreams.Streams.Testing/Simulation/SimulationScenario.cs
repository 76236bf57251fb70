namespace UsageStreams.Streams.Testing.Simulation;

/// <summary>A topology, the input that it gets, and what must come of it. Made anew for each seed.</summary>
public abstract class SimulationScenario
{
    /// <summary>Name, as in a result.</summary>
    public abstract string Name { get; }

    /// <summary>The topology that the simulated workers run.</summary>
    public abstract Topology Topology { get; }

    /// <summary>What the workers promise; default exactly once.</summary>
    public virtual ProcessingGuarantee Guarantee => ProcessingGuarantee.ExactlyOnce;

    /// <summary>Partitions of each public topic that the topology reads or writes.</summary>
    public abstract IReadOnlyDictionary<string, int> Topics { get; }

    /// <summary>Written and committed before the workers start.</summary>
    public virtual IReadOnlyList<SimulatedDelivery> Before => [];

    /// <summary>Written by producers while the workers run, in about this order; some twice, some in transactions that are aborted first.</summary>
    public abstract IReadOnlyList<SimulatedDelivery> Input { get; }

    /// <summary>Written after all that, in this order.</summary>
    public virtual IReadOnlyList<SimulatedDelivery> After => [];

    /// <summary>Called now and then while faults come: what must hold at any moment.</summary>
    /// <exception cref="SimulationViolationException">It does not.</exception>
    public virtual void CheckAlways(SimulationView view)
    {
    }

    /// <summary>Called when the input is used up and everything has settled.</summary>
    /// <exception cref="SimulationViolationException">The output is not what the input asks for.</exception>
    public abstract void CheckAtEnd(SimulationView view);
}

/// <summary>A record that a producer sends.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Key">Key; murmur2 of its bytes gives the partition.</param>
/// <param name="Value">Value.</param>
/// <param name="Partition">The partition, when the key does not give it.</param>
public sealed record SimulatedDelivery(string Topic, byte[] Key, byte[] Value, int? Partition = null);

/// <summary>A committed record.</summary>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its offset.</param>
/// <param name="Key">Key.</param>
/// <param name="Value">Value; null for a tombstone.</param>
public readonly record struct SimulatedRecord(int Partition, long Offset, byte[] Key, byte[]? Value)
{
    /// <summary>Headers; never null.</summary>
    public RecordHeaders Headers { get => field ?? RecordHeaders.Empty; init; }
}
