using System.Text;
using Confluent.Kafka;
using UsageStreams.Model;

namespace UsageStreams.Host.Kafka;

/// <summary>The headers that follow an event to the last system it reaches.</summary>
internal static class TraceHeaders
{
    /// <summary>
    /// The correlation id (the event's, else source/id) and the trace context (the one given, else computed from source and id, so
    /// that publishing an event twice gives the same).
    /// </summary>
    public static Headers Of(UsageEvent usage, string? traceparent) => new()
    {
        { Trace.CorrelationHeader, Encoding.UTF8.GetBytes(usage.CorrelationId ?? usage.Source + "/" + usage.Id) },
        { Trace.TraceparentHeader, Encoding.ASCII.GetBytes(traceparent ?? Trace.TraceparentOf(usage.Source, usage.Id)) },
    };
}
