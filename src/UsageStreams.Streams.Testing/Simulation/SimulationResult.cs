namespace UsageStreams.Streams.Testing.Simulation;

/// <summary>What one seed did.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Scenario">Name of the scenario.</param>
/// <param name="Events">Steps taken, of workers, producers and brokers.</param>
/// <param name="Fingerprint">A hash over all events in their order: equal for equal runs.</param>
/// <param name="Faults">Faults injected, by kind.</param>
/// <param name="Violation">The invariant that did not hold; null when all did.</param>
/// <param name="Trace">The last events, as many as were asked for.</param>
public sealed record SimulationResult(
    long Seed,
    string Scenario,
    long Events,
    ulong Fingerprint,
    IReadOnlyDictionary<string, int> Faults,
    SimulationViolationException? Violation,
    IReadOnlyList<string> Trace)
{
    /// <summary>Generations of the group: how often partitions were assigned anew.</summary>
    public int Rebalances { get; init; }

    /// <summary>The longest time, on the run's own clock, in which nothing was committed though there was something to read.</summary>
    public TimeSpan LongestStall { get; init; }
}
