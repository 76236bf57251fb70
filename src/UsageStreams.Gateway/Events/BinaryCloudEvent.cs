using System.Text.Json;
using Microsoft.AspNetCore.Http;
using UsageStreams.Model;

namespace UsageStreams.Gateway.Events;

/// <summary>A CloudEvent in binary mode: its attributes are headers <c>ce-…</c>, its data is the body.</summary>
internal static class BinaryCloudEvent
{
    private const string Prefix = "ce-";

    public static bool IsOne(IHeaderDictionary headers) => headers.ContainsKey("ce-specversion") || headers.ContainsKey("ce-id");

    public static IncomingEvent Read(IHeaderDictionary headers, string? contentType, ReadOnlyMemory<byte> body)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, values) in headers)
        {
            if (!name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || name.Length == Prefix.Length)
                continue;
            var attribute = name[Prefix.Length..].ToLowerInvariant();
            if (values.Count != 1)
                return Refused(attributes, "repeated-attribute", $"The header '{name}' is there {values.Count} times; an attribute has one value.");
            if (!HeaderText.TryDecode(values[0]!, out var text))
                return Refused(attributes, "invalid-text", $"The header '{name}' holds no percent-encoded UTF-8, or a quoted text that does not end.");
            attributes[attribute] = text;
        }

        // The media type of the data is the content type, whatever a header says.
        attributes.Remove("datacontenttype");
        if (contentType is not null)
            attributes["datacontenttype"] = contentType;
        if (!TryData(contentType, body, out var data))
            return Refused(attributes, "invalid-data", "The content type says that the data is JSON, and the body holds none.");
        var read = new CloudEvent(attributes, data);
        return CloudEventMapping.TryMap(read, product: null, out var usage, out var fault)
            ? IncomingEvent.Of(usage, CloudEventMapping.Traceparent(read))
            : IncomingEvent.Refused(attributes.GetValueOrDefault("id"), fault);
    }

    private static bool TryData(string? contentType, ReadOnlyMemory<byte> body, out JsonElement data)
    {
        data = default;
        if (body.IsEmpty || contentType is null || !CloudEvent.IsJson(contentType))
            return true;
        try
        {
            data = JsonElement.Parse(body.Span);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static IncomingEvent Refused(Dictionary<string, string> attributes, string code, string text) =>
        IncomingEvent.Refused(attributes.GetValueOrDefault("id"), new EventFault(code, text));
}
