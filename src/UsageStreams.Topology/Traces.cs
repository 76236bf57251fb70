using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology;

/// <summary>Carries correlation id and trace context between headers and values.</summary>
internal static class Traces
{
    public static Trace Of(RecordHeaders headers)
    {
        var correlation = headers.GetText(Trace.CorrelationHeader);
        var traceparent = headers.GetText(Trace.TraceparentHeader);
        return correlation is null && traceparent is null ? Trace.None : new Trace { CorrelationId = correlation, Traceparent = traceparent };
    }

    public static RecordHeaders ToHeaders(this Trace trace)
    {
        var headers = RecordHeaders.Empty;
        if (trace.CorrelationId is { } correlation) headers = headers.With(Trace.CorrelationHeader, correlation);
        if (trace.Traceparent is { } traceparent) headers = headers.With(Trace.TraceparentHeader, traceparent);
        return headers;
    }

}
