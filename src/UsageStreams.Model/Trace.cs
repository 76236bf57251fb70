using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace UsageStreams.Model;

public sealed partial record Trace
{
    /// <summary>Header with the producer's id of the request or job behind a record.</summary>
    public const string CorrelationHeader = "correlation-id";

    /// <summary>Header with the W3C trace context (https://www.w3.org/TR/trace-context/).</summary>
    public const string TraceparentHeader = "traceparent";

    /// <summary>No trace.</summary>
    public static Trace None { get; } = new();

    /// <summary>
    /// The trace context of an event that came without one: version 00, a trace id and a span id from the SHA-256 of source and id, sampled. Publishing the
    /// event twice gives the same.
    /// </summary>
    /// <param name="source">The event's source.</param>
    /// <param name="id">The event's id.</param>
    public static string TraceparentOf(string source, string id)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(source + "\n" + id));
        return string.Create(CultureInfo.InvariantCulture, $"00-{Convert.ToHexStringLower(hash, 0, 16)}-{Convert.ToHexStringLower(hash, 16, 8)}-01");
    }
}
