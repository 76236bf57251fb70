using System.Diagnostics;
using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Streams.Internal.Telemetry;

/// <summary>One commit: a trace where somebody listens, and its duration when it succeeded.</summary>
internal readonly ref struct CommitReport
{
    private readonly ThreadContext _context;
    private readonly Activity? _activity;
    private readonly long _start;

    /// <summary>A commit that began at a timestamp of the context's clock.</summary>
    public CommitReport(ThreadContext context, long start, int partitions)
    {
        (_context, _start) = (context, start);
        _activity = StreamsTraces.IsOn ? StreamsTraces.Commit(context, context.Clock.GetUtcNow() - context.Clock.GetElapsedTime(start), partitions) : null;
        _activity?.SetStatus(ActivityStatusCode.Error, "The transaction was not committed.");
    }

    public void Committed(long records)
    {
        _activity?.SetTag(TelemetryNames.Records, records).SetStatus(ActivityStatusCode.Ok);
        if (StreamsMeter.CommitDuration.Enabled)
        {
            StreamsMeter.CommitDuration.Record(
                _context.Clock.GetElapsedTime(_start).TotalSeconds,
                new KeyValuePair<string, object?>(TelemetryNames.Application, _context.Clients.Options.ApplicationId),
                StreamsMeter.Tag(_context));
        }
    }

    public void Dispose() => _activity?.Dispose();
}
