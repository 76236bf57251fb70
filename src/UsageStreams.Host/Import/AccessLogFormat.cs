using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using UsageStreams.Model;

namespace UsageStreams.Host.Import;

/// <summary>
/// An access log as usage: the client address is the tenant, the user agent the user, the first path segment the feature, the answer's
/// size the quantity. Each line is an event of its own, its number is its id. A size of <c>-</c> is no quantity, not a zero.
/// The query of a path is left out: it may hold what nobody should see.
/// </summary>
internal sealed class AccessLogFormat : ILineFormat
{
    /// <summary>The type of all its events.</summary>
    public const string EventType = "http.request";

    /// <inheritdoc />
    public string Name => "access-log";

    /// <inheritdoc />
    public bool TryRead(ReadOnlySpan<byte> line, long lineNumber, string source, out ImportedEvent imported, [NotNullWhen(false)] out string? reason)
    {
        imported = default;
        if (!AccessLogLine.TryParse(line, out var parsed, out reason))
            return false;
        imported = new ImportedEvent(new UsageEvent
        {
            Id = lineNumber.ToString(CultureInfo.InvariantCulture),
            Source = source,
            Type = EventType,
            Tenant = Encoding.UTF8.GetString(parsed.Host),
            User = parsed.Agent.IsEmpty ? null : Encoding.UTF8.GetString(parsed.Agent),
            Product = source,
            Time = parsed.Time,
            Quantity = parsed.Bytes,
            Properties = Properties(parsed),
        });
        return true;
    }

    private static Dictionary<string, string> Properties(in AccessLogLine parsed)
    {
        var properties = new Dictionary<string, string>(4, StringComparer.Ordinal)
        {
            ["status"] = parsed.Status.ToString(CultureInfo.InvariantCulture),
        };
        var request = RequestLine.Parse(parsed.Request);
        if (!request.Method.IsEmpty)
            properties["method"] = Encoding.UTF8.GetString(request.Method);
        if (request.Path.IsEmpty)
            return properties;
        properties["path"] = Encoding.UTF8.GetString(request.Path);
        properties["feature"] = Encoding.UTF8.GetString(request.Feature);
        return properties;
    }
}
