using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using UsageStreams.Model;

namespace UsageStreams.Gateway.Events;

/// <summary>An event in plain JSON: an object with the fields of a usage event, in their names, and no others.</summary>
internal static class PlainEvent
{
    private static readonly HashSet<string> Fields = new(StringComparer.Ordinal)
    {
        "id", "source", "type", "tenant", "user", "workspace", "product", "time", "quantity", "properties", "correlationId", "retracts", "amends", "traceparent",
    };

    public static IncomingEvent Read(JsonElement root)
    {
        try
        {
            if (root.ValueKind != JsonValueKind.Object)
                return IncomingEvent.Refused(null, new EventFault("no-object", "The event is JSON, but no object."));
            var id = Text(root, "id", out _);
            return TryRead(root, out var usage, out var fault) ? IncomingEvent.Of(usage, Text(root, "traceparent", out _)) : IncomingEvent.Refused(id, fault);
        }
        catch (InvalidOperationException)
        {
            // The reader's word for text that is no UTF-8 or holds half a surrogate pair.
            return IncomingEvent.Refused(null, new EventFault("invalid-text", "A text in the JSON is no valid Unicode."));
        }
    }

    private static bool TryRead(JsonElement root, [NotNullWhen(true)] out UsageEvent? usage, out EventFault fault)
    {
        usage = null;
        var time = DateTimeOffset.MinValue;
        Dictionary<string, string> properties = new(StringComparer.Ordinal);
        decimal? quantity = null;
        if (Unknown(root) is { } unknown)
            fault = unknown;
        else if (Missing(root) is { } missing)
            fault = missing;
        else if (NoText(root) is { } noText)
            fault = noText;
        else if (!Rfc3339.TryParse(Text(root, "time", out _)!, out time))
            fault = new EventFault("invalid-time", "'time' is no RFC 3339 time with its offset, such as 2026-05-17T10:05:03Z.");
        else if (!TryQuantity(root, out quantity))
            fault = new EventFault("invalid-quantity", "'quantity' is no number of at most 19 digits before the point and 9 behind it.");
        else if (!TryProperties(root, properties))
            fault = new EventFault("invalid-properties", "'properties' is no object of texts, numbers, true and false.");
        else
        {
            fault = default;
            usage = Make(root, time, quantity, properties);
        }

        return usage is not null;
    }

    private static UsageEvent Make(JsonElement root, DateTimeOffset time, decimal? quantity, Dictionary<string, string> properties) => new()
    {
        Id = Text(root, "id", out _)!,
        Source = Text(root, "source", out _)!,
        Type = Text(root, "type", out _)!,
        Tenant = Text(root, "tenant", out _)!,
        User = Text(root, "user", out _),
        Workspace = Text(root, "workspace", out _),
        Product = Text(root, "product", out _) ?? Text(root, "source", out _)!,
        Time = time,
        Quantity = quantity,
        Properties = properties,
        CorrelationId = Text(root, "correlationId", out _),
        Retracts = Text(root, "retracts", out _),
        Amends = Text(root, "amends", out _),
    };

    private static EventFault? Unknown(JsonElement root)
    {
        foreach (var member in root.EnumerateObject())
        {
            if (member.NameEquals("specversion"))
                return new EventFault("unknown-field", "'specversion' is no field of plain JSON; send CloudEvents with the content type application/cloudevents+json.");
            if (!Fields.Contains(member.Name))
                return new EventFault("unknown-field", $"'{member.Name}' is no field of an event; put what metrics filter on into 'properties'.");
        }

        return null;
    }

    private static EventFault? Missing(JsonElement root)
    {
        foreach (var required in (ReadOnlySpan<string>)["id", "source", "type", "tenant", "time"])
        {
            if (Text(root, required, out var wrong) is null && !wrong)
                return required == "id"
                    ? new EventFault("missing-id", "'id' is missing or empty. Only its producer can give an event its id, by which a repetition is told from another event; it is not made up here.")
                    : new EventFault("missing-" + required, $"'{required}' is missing or empty.");
        }

        return null;
    }

    private static EventFault? NoText(JsonElement root)
    {
        foreach (var name in Fields)
        {
            if (name is "quantity" or "properties")
                continue;
            Text(root, name, out var wrong);
            if (wrong)
                return new EventFault("invalid-field", $"'{name}' is no text.");
        }

        return null;
    }

    private static bool TryQuantity(JsonElement root, out decimal? quantity)
    {
        quantity = null;
        if (!root.TryGetProperty("quantity", out var member) || member.ValueKind == JsonValueKind.Null)
            return true;
        var read = ExactDecimal.TryRead(member, out var value);
        quantity = value;
        return read;
    }

    private static bool TryProperties(JsonElement root, Dictionary<string, string> properties)
    {
        if (!root.TryGetProperty("properties", out var members) || members.ValueKind == JsonValueKind.Null)
            return true;
        if (members.ValueKind != JsonValueKind.Object)
            return false;
        foreach (var member in members.EnumerateObject())
        {
            var text = member.Value.ValueKind switch
            {
                JsonValueKind.String => member.Value.GetString(),
                JsonValueKind.Number => member.Value.GetRawText(),
                JsonValueKind.True => "true",
                JsonValueKind.False => "false",
                _ => null,
            };
            if (text is null)
                return false;
            properties[member.Name] = text;
        }

        return true;
    }

    // Absent, null and empty are the same: unset.
    private static string? Text(JsonElement root, string name, out bool wrong)
    {
        wrong = false;
        if (!root.TryGetProperty(name, out var member) || member.ValueKind == JsonValueKind.Null)
            return null;
        wrong = member.ValueKind != JsonValueKind.String;
        return !wrong && member.GetString() is { Length: > 0 } text ? text : null;
    }
}
