namespace UsageStreams.Streams.Testing.Simulation;

/// <summary>
/// How often which fault comes in one run, of 1000 times that a point of the least risk is passed. Runs differ in it: where one kind is rare or
/// missing, others get to places that it would keep them from.
/// </summary>
internal sealed class FaultMix(SimulationRandom random)
{
    /// <summary>The worker's process ends.</summary>
    public int Crashes { get; } = random.Pick([0, 1, 1, 2]);

    /// <summary>Others do some steps first.</summary>
    public int Interleavings { get; } = random.Pick([1, 3, 3, 6]);

    /// <summary>The worker stands still until the group has expelled it.</summary>
    public int Pauses { get; } = random.Pick([1, 2, 2, 8]);

    /// <summary>A second process of its name is started: once in 1000 times this.</summary>
    public int SupersessionsPerMille { get; } = random.Pick([0, 150, 150, 500]);

    /// <summary>What was read of a repartition topic is deleted after so many of 1000 steps of a worker.</summary>
    public int PurgesPerMille { get; } = random.Pick([0, 30, 100, 300]);
}
