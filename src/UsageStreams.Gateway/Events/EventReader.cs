using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using UsageStreams.Model;

namespace UsageStreams.Gateway.Events;

/// <summary>Reads the events of a request, in whichever of the forms they come.</summary>
internal sealed class EventReader(GatewayLimits limits)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private delegate IncomingEvent Reading(JsonElement root);

    /// <summary>Reads them, in their order.</summary>
    /// <exception cref="RequestFault">The body as a whole makes no sense, or holds too many.</exception>
    public IReadOnlyList<IncomingEvent> Read(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        var type = MediaType(request);
        if (type is not null && type.StartsWith(MediaTypes.CloudEventPrefix, StringComparison.Ordinal))
        {
            return type switch
            {
                MediaTypes.CloudEvent => Single(body),
                MediaTypes.CloudEventBatch => Many(body, ReadCloudEvent, "A batch is an array of events."),
                _ => throw Unsupported($"Of CloudEvents' formats JSON is taken, not '{type}'"),
            };
        }

        if (BinaryCloudEvent.IsOne(request.Headers))
            return [body.Length > limits.MaxEventBytes ? TooLarge(body.Length) : BinaryCloudEvent.Read(request.Headers, request.ContentType, body)];
        if (type == MediaTypes.Plain)
            return Plain(body);
        return type == MediaTypes.Lines || MediaTypes.OtherLines.Contains(type, StringComparer.Ordinal)
            ? Lines(body)
            : throw Unsupported(type is null ? "The request has no content type" : $"The content type '{type}' is not taken");
    }

    private static string? MediaType(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0 && !string.Equals(request.Headers.ContentEncoding, "identity", StringComparison.OrdinalIgnoreCase))
            throw Unsupported($"The content encoding '{request.Headers.ContentEncoding}' is not taken; send the body as it is");
        if (string.IsNullOrEmpty(request.ContentType))
            return null;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            throw Unsupported("The content type can't be read");
        // In binary mode the data may be in any charset: it is looked at only where it is JSON.
        if (type.CharSet is { } charset && !charset.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase) && !BinaryCloudEvent.IsOne(request.Headers))
            throw Unsupported($"The charset '{charset}' is not taken; JSON is UTF-8");
        return type.MediaType!.ToLowerInvariant();
    }

    private IncomingEvent[] Plain(ReadOnlyMemory<byte> body)
    {
        using var document = Parse(body);
        return document.RootElement.ValueKind == JsonValueKind.Array ? Many(document.RootElement, PlainEvent.Read) : [One(document.RootElement, PlainEvent.Read)];
    }

    private IncomingEvent[] Single(ReadOnlyMemory<byte> body)
    {
        using var document = Parse(body);
        return [One(document.RootElement, ReadCloudEvent)];
    }

    private IncomingEvent[] Many(ReadOnlyMemory<byte> body, Reading read, string otherwise)
    {
        using var document = Parse(body);
        return document.RootElement.ValueKind == JsonValueKind.Array
            ? Many(document.RootElement, read)
            : throw new RequestFault(StatusCodes.Status400BadRequest, "no-array", otherwise);
    }

    private IncomingEvent[] Many(JsonElement array, Reading read)
    {
        var count = array.GetArrayLength();
        if (count > limits.MaxEventsPerRequest)
            throw TooMany(count);
        var events = new IncomingEvent[count];
        var at = 0;
        foreach (var element in array.EnumerateArray())
            events[at++] = One(element, read);
        return events;
    }

    private IncomingEvent One(JsonElement element, Reading read)
    {
        var size = JsonMarshal.GetRawUtf8Value(element).Length;
        return size > limits.MaxEventBytes ? TooLarge(size) : read(element);
    }

    private List<IncomingEvent> Lines(ReadOnlyMemory<byte> body)
    {
        List<IncomingEvent> events = [];
        var rest = body;
        while (!rest.IsEmpty)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (line.Span.Trim(" \t\r"u8).IsEmpty)
                continue;
            if (events.Count == limits.MaxEventsPerRequest)
                throw TooMany(limits.MaxEventsPerRequest + 1);
            events.Add(Line(line));
        }

        return events;
    }

    private IncomingEvent Line(ReadOnlyMemory<byte> line)
    {
        if (line.Length > limits.MaxEventBytes)
            return TooLarge(line.Length);
        try
        {
            using var document = JsonDocument.Parse(line, Strict);
            return PlainEvent.Read(document.RootElement);
        }
        catch (JsonException error)
        {
            return IncomingEvent.Refused(null, new EventFault("invalid-json", $"The line is no JSON: {error.Message}"));
        }
    }

    private static IncomingEvent ReadCloudEvent(JsonElement root)
    {
        if (!CloudEvent.TryRead(root, out var read, out var fault))
            return IncomingEvent.Refused(null, fault);
        return CloudEventMapping.TryMap(read, product: null, out var usage, out fault)
            ? IncomingEvent.Of(usage, CloudEventMapping.Traceparent(read))
            : IncomingEvent.Refused(read.Attributes.GetValueOrDefault("id"), fault);
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body, Strict);
        }
        catch (JsonException error)
        {
            throw new RequestFault(StatusCodes.Status400BadRequest, "invalid-json", $"The body is no JSON: {error.Message}");
        }
    }

    private IncomingEvent TooLarge(int size) => IncomingEvent.Refused(
        null, new EventFault("event-too-large", $"The event takes {size} bytes, and {limits.MaxEventBytes} is the limit; leave properties out, or send it as several events."));

    private RequestFault TooMany(int count) => new(
        StatusCodes.Status413PayloadTooLarge, "too-many-events", $"The request holds {count} events or more, and {limits.MaxEventsPerRequest} is the limit; send them in several requests.");

    private static RequestFault Unsupported(string what) => new(
        StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type",
        $"{what}. Taken are {MediaTypes.CloudEvent}, {MediaTypes.CloudEventBatch}, any content type with ce-… headers, {MediaTypes.Plain} and {MediaTypes.Lines}.");
}
