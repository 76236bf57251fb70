namespace UsageStreams.Streams.Testing.Simulation;

/// <summary>An invariant does not hold. The message says which, and what was found instead.</summary>
public sealed class SimulationViolationException : Exception
{
    /// <summary>Makes the violation.</summary>
    public SimulationViolationException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
