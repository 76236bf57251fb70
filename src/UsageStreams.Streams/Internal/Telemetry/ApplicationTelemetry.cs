using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Streams.Internal.Telemetry;

/// <summary>A running application, as the meter looks at it. It is looked at until it is disposed.</summary>
internal sealed class ApplicationTelemetry : IDisposable
{
    private readonly ThreadFleet _fleet;

    public ApplicationTelemetry(string applicationId, TimeProvider clock, ThreadFleet fleet)
    {
        _fleet = fleet;
        Clock = clock;
        Tag = new KeyValuePair<string, object?>(TelemetryNames.Application, applicationId);
        StreamsMeter.Add(this);
    }

    public TimeProvider Clock { get; }

    public KeyValuePair<string, object?> Tag { get; }

    public IReadOnlyList<ThreadContext> Threads => _fleet.Threads;

    /// <summary>Every thread there ever was: what removed ones did still counts.</summary>
    public IReadOnlyList<ThreadContext> Contexts => _fleet.Contexts;

    public void Dispose() => StreamsMeter.Remove(this);
}
