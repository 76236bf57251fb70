using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using UsageStreams.Host.Generate;
using UsageStreams.Model;

namespace UsageStreams.Chaos.Ingest;

/// <summary>Events in the forms that the gateway takes.</summary>
internal static class EventForms
{
    /// <summary>A request with events, in a form chosen at random.</summary>
    public static HttpRequestMessage Request(IReadOnlyList<UsageEvent> events, Xoshiro random) => random.NextInt(3) switch
    {
        0 when events.Count == 1 => Binary(events[0]),
        0 => Message("application/cloudevents-batch+json", Array(events, WriteCloudEvent)),
        1 => Message("application/json", Array(events, WritePlain)),
        _ => Message("application/x-ndjson", Lines(events)),
    };

    private static HttpRequestMessage Message(string type, ByteArrayContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return new HttpRequestMessage(HttpMethod.Post, "events") { Content = content };
    }

    private static ByteArrayContent Array(IReadOnlyList<UsageEvent> events, Action<Utf8JsonWriter, UsageEvent> write)
    {
        using var buffer = new MemoryStream(events.Count * 300);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var usage in events)
                write(writer, usage);
            writer.WriteEndArray();
        }

        return new ByteArrayContent(buffer.ToArray());
    }

    private static ByteArrayContent Lines(IReadOnlyList<UsageEvent> events)
    {
        using var buffer = new MemoryStream(events.Count * 300);
        using var writer = new Utf8JsonWriter(buffer);
        foreach (var usage in events)
        {
            WritePlain(writer, usage);
            writer.Flush();
            buffer.WriteByte((byte)'\n');
            writer.Reset();
        }

        return new ByteArrayContent(buffer.ToArray());
    }

    private static HttpRequestMessage Binary(UsageEvent usage)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            WriteData(writer, usage);
        var message = Message("application/json", new ByteArrayContent(buffer.ToArray()));
        foreach (var (name, value) in ((string, string)[])[("specversion", "1.0"), ("id", usage.Id), ("source", usage.Source), ("type", usage.Type), ("tenant", usage.Tenant), ("time", Time(usage))])
            message.Headers.TryAddWithoutValidation("ce-" + name, Uri.EscapeDataString(value));
        return message;
    }

    private static void WritePlain(Utf8JsonWriter writer, UsageEvent usage)
    {
        writer.WriteStartObject();
        writer.WriteString("id", usage.Id);
        writer.WriteString("source", usage.Source);
        writer.WriteString("type", usage.Type);
        writer.WriteString("tenant", usage.Tenant);
        writer.WriteString("time", Time(usage));
        writer.WriteString("user", usage.User);
        writer.WriteString("product", usage.Product);
        if (usage.Quantity is { } quantity)
            writer.WriteNumber("quantity", quantity);
        writer.WriteStartObject("properties");
        WriteProperties(writer, usage);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteCloudEvent(Utf8JsonWriter writer, UsageEvent usage)
    {
        writer.WriteStartObject();
        writer.WriteString("specversion", "1.0");
        writer.WriteString("id", usage.Id);
        writer.WriteString("source", usage.Source);
        writer.WriteString("type", usage.Type);
        writer.WriteString("subject", usage.Tenant);
        writer.WriteString("time", Time(usage));
        writer.WritePropertyName("data");
        WriteData(writer, usage);
        writer.WriteEndObject();
    }

    private static void WriteData(Utf8JsonWriter writer, UsageEvent usage)
    {
        writer.WriteStartObject();
        writer.WriteString("user", usage.User);
        writer.WriteString("product", usage.Product);
        if (usage.Quantity is { } quantity)
            writer.WriteNumber("quantity", quantity);
        WriteProperties(writer, usage);
        writer.WriteEndObject();
    }

    private static void WriteProperties(Utf8JsonWriter writer, UsageEvent usage)
    {
        foreach (var (name, value) in usage.Properties)
            writer.WriteString(name, value);
    }

    private static string Time(UsageEvent usage) => usage.Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
