namespace UsageStreams.Streams.Testing.Simulation;

/// <summary>
/// Runs a topology over a simulated log on one thread from one seed: the engine's own sessions and tasks, with crashes, rebalances, zombies,
/// lost answers and pauses injected at every point where a worker waits for somebody else. The same seed runs the same way, always.
/// </summary>
public static class Simulation
{
    /// <summary>Runs one seed.</summary>
    /// <param name="seed">Everything that is random follows from it.</param>
    /// <param name="scenario">Makes the scenario; must take its randomness from what it is given.</param>
    /// <param name="options">How it runs; null for the defaults.</param>
    public static SimulationResult Run(long seed, Func<SimulationRandom, SimulationScenario> scenario, SimulationOptions? options = null)
    {
        var random = new SimulationRandom(seed);
        SimulationScenario made = scenario(random);
        var run = new SimulationRun(made, random, options ?? new SimulationOptions());
        SimulationViolationException? violation = null;
        try
        {
            run.Execute();
        }
        catch (SimulationViolationException e)
        {
            violation = e;
        }

        return new SimulationResult(seed, made.Name, run.Trace.Events, run.Trace.Fingerprint, run.Trace.Faults, violation, run.Trace.Lines)
        {
            Rebalances = run.Log.Group.Generation,
            LongestStall = run.LongestStall,
        };
    }
}
