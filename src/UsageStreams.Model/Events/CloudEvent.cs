using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace UsageStreams.Model;

/// <summary>A CloudEvent 1.0 (https://github.com/cloudevents/spec), as far as usage can be made of it; <see cref="CloudEventMapping"/> makes it.</summary>
/// <param name="Attributes">Attributes and extensions by name, in their canonical text; what is not set is not there.</param>
/// <param name="Data">The data where it is JSON; undefined where there is none, or it is something else.</param>
public sealed record CloudEvent(IReadOnlyDictionary<string, string> Attributes, JsonElement Data)
{
    /// <summary>Reads an event in the JSON format (<c>application/cloudevents+json</c>, or an element of a batch).</summary>
    /// <param name="root">The event; its document must outlive what is read.</param>
    /// <param name="read">The event.</param>
    /// <param name="fault">Why there is none.</param>
    public static bool TryRead(JsonElement root, [NotNullWhen(true)] out CloudEvent? read, out EventFault fault)
    {
        read = null;
        fault = default;
        try
        {
            if (root.ValueKind != JsonValueKind.Object)
            {
                fault = new EventFault("no-object", "the event is JSON, but no object");
                return false;
            }

            if (!TryData(root, out var data, out fault))
                return false;
            read = new CloudEvent(AttributesOf(root), data);
            return true;
        }
        catch (InvalidOperationException)
        {
            // The reader's word for text that is no UTF-8 or holds half a surrogate pair.
            fault = new EventFault("invalid-text", "a text in the JSON is no valid Unicode");
            return false;
        }
    }

    /// <summary>Whether data of a media type is JSON: <c>*/json</c>, <c>*/*+json</c>, or none given.</summary>
    /// <param name="contentType">The media type, with its parameters or without.</param>
    public static bool IsJson(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType))
            return true;
        var semicolon = contentType.IndexOf(';', StringComparison.Ordinal);
        var type = (semicolon < 0 ? contentType.AsSpan() : contentType.AsSpan(0, semicolon)).Trim();
        return type.EndsWith("/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>An attribute; null where it is not set or empty.</summary>
    /// <param name="name">Its name.</param>
    internal string? Attribute(string name) => Attributes.TryGetValue(name, out var text) && text.Length > 0 ? text : null;

    /// <summary>A JSON value without parts as text; null for objects, arrays and null.</summary>
    internal static string? Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    private static Dictionary<string, string> AttributesOf(JsonElement root)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in root.EnumerateObject())
        {
            if (!member.NameEquals("data") && !member.NameEquals("data_base64") && Scalar(member.Value) is { } text)
                attributes[member.Name] = text;
        }

        return attributes;
    }

    private static bool TryData(JsonElement root, out JsonElement data, out EventFault fault)
    {
        fault = default;
        var plain = root.TryGetProperty("data", out data);
        if (!root.TryGetProperty("data_base64", out var encoded) || encoded.ValueKind == JsonValueKind.Null)
            return true;
        if (plain && data.ValueKind != JsonValueKind.Null)
        {
            fault = new EventFault("invalid-data", "'data' and 'data_base64' are both there; an event has one of them");
            return false;
        }

        data = default;
        if (encoded.ValueKind != JsonValueKind.String || !encoded.TryGetBytesFromBase64(out var bytes))
        {
            fault = new EventFault("invalid-data", "'data_base64' is no Base64 text");
            return false;
        }

        // Without a content type nothing may be assumed of binary data.
        return !root.TryGetProperty("datacontenttype", out var type) || type.ValueKind != JsonValueKind.String || !IsJson(type.GetString()!) || TryParse(bytes, out data, out fault);
    }

    private static bool TryParse(byte[] bytes, out JsonElement data, out EventFault fault)
    {
        fault = default;
        try
        {
            data = JsonElement.Parse(bytes);
            return true;
        }
        catch (JsonException)
        {
            data = default;
            fault = new EventFault("invalid-data", "'datacontenttype' says that the data is JSON, and 'data_base64' holds none");
            return false;
        }
    }
}
