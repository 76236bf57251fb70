namespace UsageStreams.Streams.Testing.Simulation;

/// <summary>
/// How often which fault comes in one run. Runs differ in it: where one kind is rare or missing, others get to places that it would keep them from.
/// </summary>
internal sealed record FaultMix
{
    /// <summary>The group is shaken all the time, and every commit, revoke and assignment is likely to fail somewhere.</summary>
    public static readonly FaultMix RebalanceStorm = new() { Rebalances = 400, Failures = 40, Crashes = 1, Pauses = 1 };

    /// <summary>Processes die and calls fail as often as a run can bear.</summary>
    public static readonly FaultMix CrashStorm = new() { Crashes = 4, Failures = 40, Pauses = 2 };

    /// <summary>The worker's process ends: of 1000 times that a point of the least risk is passed.</summary>
    public int Crashes { get; init; } = 1;

    /// <summary>Others do some steps first: of 1000 times as well.</summary>
    public int Interleavings { get; init; } = 3;

    /// <summary>The worker stands still until the group has expelled it: of 1000 times as well.</summary>
    public int Pauses { get; init; } = 2;

    /// <summary>A second process of its name is started: of 1000 times, once in 1000 points of the least risk.</summary>
    public int Supersessions { get; init; } = 150;

    /// <summary>The group rebalances for no reason: of 1000 times that it may.</summary>
    public int Rebalances { get; init; } = 25;

    /// <summary>A call fails, before or after it was done: of 1000 calls.</summary>
    public int Failures { get; init; } = 6;

    /// <summary>What was read of a repartition topic is deleted: of 1000 steps of a worker.</summary>
    public int Purges { get; init; } = 30;

    /// <summary>One of many.</summary>
    public static FaultMix Draw(SimulationRandom random) => new()
    {
        Crashes = random.Pick([0, 1, 1, 2]),
        Interleavings = random.Pick([1, 3, 3, 6]),
        Pauses = random.Pick([1, 2, 2, 8]),
        Supersessions = random.Pick([0, 150, 150, 500]),
        Purges = random.Pick([0, 30, 100, 300]),
    };
}
