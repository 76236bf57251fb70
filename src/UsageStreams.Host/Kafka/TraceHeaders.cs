using System.Globalization;
using System.Security.Cryptography;
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
        { Trace.TraceparentHeader, Encoding.ASCII.GetBytes(traceparent ?? Traceparent(usage.Source, usage.Id)) },
    };

    /// <summary>W3C trace context: version 00, a trace id and a span id from the SHA-256 of source and id, sampled.</summary>
    public static string Traceparent(string source, string id)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(source + "\n" + id));
        return string.Create(CultureInfo.InvariantCulture, $"00-{Convert.ToHexStringLower(hash, 0, 16)}-{Convert.ToHexStringLower(hash, 16, 8)}-01");
    }
}
