using Microsoft.Extensions.Logging;

namespace UsageStreams.Streams.Testing.Simulation.Workers;

/// <summary>Puts what the engine logs into the trace.</summary>
internal sealed class TraceLogger(SimulationTrace trace, string worker) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => trace.IsKept;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (trace.IsKept)
            trace.Note(worker, $"log: {formatter(state, exception)}");
    }
}
