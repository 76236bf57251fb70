using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using UsageStreams.Model;

namespace UsageStreams.Host.Import;

/// <summary>
/// CloudEvents 1.0 in the JSON format, one on each line, as usage.
/// <list type="bullet">
/// <item><c>id</c>, <c>source</c>, <c>type</c> and <c>time</c> (RFC 3339) are the event's; <c>specversion</c> must be 1.0.</item>
/// <item>The tenant is the extension <c>tenant</c>, else <c>subject</c>.</item>
/// <item><c>user</c>, <c>workspace</c> and <c>product</c> are members of a JSON object in <c>data</c>, else extensions; without any, the
/// product is the name of the imported source.</item>
/// <item>The quantity is <c>data.quantity</c>, a number or its text, held exactly: 19 digits before the point and 9 behind it.</item>
/// <item><c>correlationid</c> and <c>traceparent</c> (extensions) are carried on.</item>
/// <item>All other scalar members of <c>data</c> and all other attributes are properties; a member of <c>data</c> wins over an attribute of
/// the same name. Objects, arrays and data that is not JSON have no place in a usage event and are left out.</item>
/// </list>
/// </summary>
internal sealed class CloudEventsFormat : ILineFormat
{
    private static readonly HashSet<string> Attributes = new(StringComparer.Ordinal)
    {
        "id", "source", "type", "time", "specversion", "subject", "datacontenttype", "dataschema", "data", "data_base64",
        "tenant", "user", "workspace", "product", "correlationid", "traceparent", "tracestate",
    };

    private static readonly HashSet<string> DataMembers = new(StringComparer.Ordinal) { "quantity", "user", "workspace", "product" };

    /// <inheritdoc />
    public string Name => "cloudevents";

    /// <inheritdoc />
    public bool TryRead(ReadOnlySpan<byte> line, long lineNumber, string source, out ImportedEvent imported, [NotNullWhen(false)] out string? reason)
    {
        imported = default;
        try
        {
            var reader = new Utf8JsonReader(line);
            using var document = JsonDocument.ParseValue(ref reader);
            // Throws on anything but white space behind the value.
            reader.Read();
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? TryMap(document.RootElement, source, out imported, out reason)
                : Fail("the line is JSON, but no object", out reason);
        }
        catch (JsonException error)
        {
            return Fail(string.Create(CultureInfo.InvariantCulture, $"no JSON from byte {error.BytePositionInLine} of the line on"), out reason);
        }
        catch (InvalidOperationException)
        {
            // The reader's word for text that is no UTF-8 or holds half a surrogate pair.
            return Fail("a text in the JSON is no valid Unicode", out reason);
        }
    }

    private static bool TryMap(JsonElement root, string source, out ImportedEvent imported, [NotNullWhen(false)] out string? reason)
    {
        imported = default;
        var data = root.TryGetProperty("data", out var found) && found.ValueKind == JsonValueKind.Object ? found : default;
        if (Missing(root) is { } missing)
            return Fail(missing, out reason);
        if (!TryTime(Text(root, "time")!, out var time))
            return Fail("'time' is no RFC 3339 time with its offset, such as 2026-05-17T10:05:03Z", out reason);
        if (!TryQuantity(data, out var quantity))
            return Fail("'data.quantity' is no number of at most 19 digits before the point and 9 behind it", out reason);

        var tenant = Text(root, "tenant");
        imported = new ImportedEvent(
            new UsageEvent
            {
                Id = Text(root, "id")!,
                Source = Text(root, "source")!,
                Type = Text(root, "type")!,
                Tenant = tenant ?? Text(root, "subject")!,
                User = Text(data, "user") ?? Text(root, "user"),
                Workspace = Text(data, "workspace") ?? Text(root, "workspace"),
                Product = Text(data, "product") ?? Text(root, "product") ?? source,
                Time = time,
                Quantity = quantity,
                Properties = Properties(root, data, withSubject: tenant is not null),
                CorrelationId = Text(root, "correlationid"),
            },
            Text(root, "traceparent"));
        reason = null;
        return true;
    }

    private static string? Missing(JsonElement root)
    {
        if (Text(root, "specversion") is not "1.0")
            return "'specversion' is not 1.0";
        foreach (var required in (ReadOnlySpan<string>)["id", "source", "type", "time"])
        {
            if (Text(root, required) is null)
                return $"'{required}' is missing or empty";
        }

        return Text(root, "tenant") is null && Text(root, "subject") is null ? "no tenant: neither 'tenant' nor 'subject' is there" : null;
    }

    private static bool TryTime(string text, out DateTimeOffset time)
    {
        time = default;
        var upper = text.ToUpperInvariant();
        var withOffset = upper.EndsWith('Z') || (upper.Length > 6 && upper[^6] is '+' or '-' && upper[^3] == ':');
        if (!withOffset || upper.Length < 20 || upper[10] != 'T'
            || !DateTimeOffset.TryParse(upper, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var read))
            return false;
        time = DateTimeOffset.FromUnixTimeMilliseconds(read.ToUnixTimeMilliseconds());
        return true;
    }

    private static bool TryQuantity(JsonElement data, out decimal? quantity)
    {
        quantity = null;
        if (data.ValueKind != JsonValueKind.Object || !data.TryGetProperty("quantity", out var member) || member.ValueKind == JsonValueKind.Null)
            return true;
        var text = member.ValueKind switch
        {
            JsonValueKind.Number => member.GetRawText(),
            JsonValueKind.String => member.GetString()!,
            _ => "",
        };
        var read = ExactDecimal.TryParse(text, out var value);
        quantity = value;
        return read;
    }

    private static Dictionary<string, string> Properties(JsonElement root, JsonElement data, bool withSubject)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var attribute in root.EnumerateObject())
        {
            if ((!Attributes.Contains(attribute.Name) || (withSubject && attribute.NameEquals("subject"))) && Scalar(attribute.Value) is { } text)
                properties[attribute.Name] = text;
        }

        if (data.ValueKind != JsonValueKind.Object)
            return properties;
        foreach (var member in data.EnumerateObject())
        {
            if (!DataMembers.Contains(member.Name) && Scalar(member.Value) is { } text)
                properties[member.Name] = text;
        }

        return properties;
    }

    // Absent, null and empty are the same: unset.
    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) && Scalar(member) is { Length: > 0 } text ? text : null;

    private static string? Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    private static bool Fail(string why, out string reason)
    {
        reason = why;
        return false;
    }
}
