using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace UsageStreams.Model;

/// <summary>
/// CloudEvents as usage: the one mapping, for files, HTTP and whatever else brings them.
/// <list type="bullet">
/// <item><c>id</c>, <c>source</c>, <c>type</c> and <c>time</c> (RFC 3339) are the event's; <c>specversion</c> must be 1.0.</item>
/// <item>The tenant is the extension <c>tenant</c>, else <c>subject</c>.</item>
/// <item><c>user</c>, <c>workspace</c> and <c>product</c> are members of a JSON object in <c>data</c>, else extensions; without any, the
/// product is the one the caller names, else the source.</item>
/// <item>The quantity is <c>data.quantity</c>, a number or its text, held exactly: 19 digits before the point and 9 behind it.</item>
/// <item>The extensions <c>retracts</c> and <c>amends</c> name the event that this one takes back.</item>
/// <item><c>correlationid</c> and <c>traceparent</c> (extensions) are carried on.</item>
/// <item>All other scalar members of <c>data</c> and all other attributes are properties; a member of <c>data</c> wins over an attribute of
/// the same name. Objects, arrays and data that is not JSON have no place in a usage event and are left out.</item>
/// </list>
/// </summary>
public static class CloudEventMapping
{
    private static readonly HashSet<string> Attributes = new(StringComparer.Ordinal)
    {
        "id", "source", "type", "time", "specversion", "subject", "datacontenttype", "dataschema", "data", "data_base64",
        "tenant", "user", "workspace", "product", "correlationid", "traceparent", "tracestate", "retracts", "amends",
    };

    private static readonly HashSet<string> DataMembers = new(StringComparer.Ordinal) { "quantity", "user", "workspace", "product" };

    /// <summary>The W3C trace context that the event brings; null when it brings none.</summary>
    /// <param name="source">The event.</param>
    public static string? Traceparent(CloudEvent source) => source.Attribute("traceparent");

    /// <summary>Makes usage of an event.</summary>
    /// <param name="source">The event.</param>
    /// <param name="product">The product where the event names none; null takes the event's source.</param>
    /// <param name="usage">The usage.</param>
    /// <param name="fault">Why there is none.</param>
    public static bool TryMap(CloudEvent source, string? product, [NotNullWhen(true)] out UsageEvent? usage, out EventFault fault)
    {
        usage = null;
        try
        {
            if (Missing(source) is { } missing)
                return Fail(missing, out fault);
            if (!Rfc3339.TryParse(source.Attribute("time")!, out var time))
                return Fail(new EventFault("invalid-time", "'time' is no RFC 3339 time with its offset, such as 2026-05-17T10:05:03Z"), out fault);
            if (!TryQuantity(source.Data, out var quantity))
                return Fail(new EventFault("invalid-quantity", "'data.quantity' is no number of at most 19 digits before the point and 9 behind it"), out fault);
            usage = Map(source, product, time, quantity);
            fault = default;
            return true;
        }
        catch (InvalidOperationException)
        {
            // The JSON reader's word for text that is no UTF-8 or holds half a surrogate pair.
            return Fail(new EventFault("invalid-text", "a text in the JSON is no valid Unicode"), out fault);
        }
    }

    private static UsageEvent Map(CloudEvent source, string? product, DateTimeOffset time, decimal? quantity)
    {
        var tenant = source.Attribute("tenant");
        return new UsageEvent
        {
            Id = source.Attribute("id")!,
            Source = source.Attribute("source")!,
            Type = source.Attribute("type")!,
            Tenant = tenant ?? source.Attribute("subject")!,
            User = Named(source, "user"),
            Workspace = Named(source, "workspace"),
            Product = Named(source, "product") ?? product ?? source.Attribute("source")!,
            Time = time,
            Quantity = quantity,
            Properties = Properties(source, withSubject: tenant is not null),
            CorrelationId = source.Attribute("correlationid"),
            Retracts = source.Attribute("retracts"),
            Amends = source.Attribute("amends"),
        };
    }

    private static EventFault? Missing(CloudEvent source)
    {
        if (source.Attribute("specversion") is not "1.0")
            return new EventFault("unknown-specversion", "'specversion' is not 1.0");
        foreach (var required in (ReadOnlySpan<string>)["id", "source", "type", "time"])
        {
            if (source.Attribute(required) is null)
                return new EventFault("missing-" + required, $"'{required}' is missing or empty");
        }

        return source.Attribute("tenant") is null && source.Attribute("subject") is null
            ? new EventFault("missing-tenant", "no tenant: neither 'tenant' nor 'subject' is there")
            : null;
    }

    private static bool TryQuantity(JsonElement data, out decimal? quantity)
    {
        quantity = null;
        if (data.ValueKind != JsonValueKind.Object || !data.TryGetProperty("quantity", out var member) || member.ValueKind == JsonValueKind.Null)
            return true;
        var read = ExactDecimal.TryRead(member, out var value);
        quantity = value;
        return read;
    }

    private static Dictionary<string, string> Properties(CloudEvent source, bool withSubject)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, text) in source.Attributes)
        {
            if (!Attributes.Contains(name) || (withSubject && name == "subject"))
                properties[name] = text;
        }

        if (source.Data.ValueKind != JsonValueKind.Object)
            return properties;
        foreach (var member in source.Data.EnumerateObject())
        {
            if (!DataMembers.Contains(member.Name) && CloudEvent.Scalar(member.Value) is { } text)
                properties[member.Name] = text;
        }

        return properties;
    }

    private static string? Named(CloudEvent source, string name) =>
        source.Data.ValueKind == JsonValueKind.Object && source.Data.TryGetProperty(name, out var member) && CloudEvent.Scalar(member) is { Length: > 0 } text
            ? text
            : source.Attribute(name);

    private static bool Fail(EventFault why, out EventFault fault)
    {
        fault = why;
        return false;
    }
}
