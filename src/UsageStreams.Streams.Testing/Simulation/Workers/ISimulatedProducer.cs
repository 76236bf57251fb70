namespace UsageStreams.Streams.Testing.Simulation.Workers;

/// <summary>A producer with a queue between itself and the log.</summary>
internal interface ISimulatedProducer
{
    /// <summary>The network takes a few records to the log.</summary>
    void Transmit(int count);

    /// <summary>What was under way when the process ended: it may still arrive, in its order. Null when nothing was.</summary>
    Action? InFlight(int count);
}
