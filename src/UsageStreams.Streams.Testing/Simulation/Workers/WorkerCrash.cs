namespace UsageStreams.Streams.Testing.Simulation.Workers;

/// <summary>The worker's process ends here. An engine error by type, because nodes give those on as they are.</summary>
internal sealed class WorkerCrash() : StreamsException("The simulated worker was killed.");
