using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using UsageStreams.Gateway.Events;

namespace UsageStreams.Gateway.Pages;

/// <summary>Describes what the signature of the handler can't say: the forms of the body, the headers, and when which status is answered.</summary>
internal sealed class EventsOperation(GatewayLimits limits)
{
    public const string Id = "publish";

    private static readonly Dictionary<string, string> Statuses = new(StringComparer.Ordinal)
    {
        ["200"] = "All events stand on all replicas in sync.",
        ["207"] = "Some events were accepted and some were not: look at each result. Send unconfirmed ones again, with the same ids.",
        ["400"] = "The body as a whole makes no sense; nothing was sent.",
        ["401"] = "There is no token, or it is unknown or expired; nothing was sent.",
        ["413"] = "The body is too long, or holds too many events; nothing was sent.",
        ["415"] = "The content type, charset or encoding is not taken; nothing was sent.",
        ["422"] = "No event can be taken as it is; each result says why.",
        ["429"] = "The token's requests at once or events per second are used up; nothing was sent. Wait as long as Retry-After says.",
        ["503"] = "Nothing was acknowledged: Kafka is away, the queue is full, or the gateway is being stopped. Wait as long as Retry-After says and send the "
            + "same events again, with the same ids. Where events were on their way, the body holds their results instead of a problem.",
    };

    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        if (operation.OperationId != Id)
            return;
        operation.Description = "Answers only when each event stands on all replicas in sync, or can't be sent. The id is the producer's duty: it is what tells a repetition from another "
            + "event, so that sending again is always safe.";
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = FormattableString.Invariant($"At most {limits.MaxBodyBytes} bytes and {limits.MaxEventsPerRequest} events of at most {limits.MaxEventBytes} bytes each. ")
                + "A request with any other content type is a CloudEvent in binary mode when it has the headers ce-specversion, ce-id, ce-source, ce-type, ce-time and so on, percent-encoded.",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                [MediaTypes.Plain] = Form("One event or an array of them.", Schemas.Plain(array: true), JsonNode.Parse(Examples.Plain)!),
                [MediaTypes.Lines] = Form("One event on each line.", Schemas.Plain(array: false), JsonValue.Create(Examples.Lines)),
                [MediaTypes.CloudEvent] = Form("A CloudEvent 1.0 in structured mode.", Schemas.CloudEvent(array: false), JsonNode.Parse(Examples.CloudEvent)!),
                [MediaTypes.CloudEventBatch] = Form("CloudEvents 1.0 in batched mode.", Schemas.CloudEvent(array: true), JsonNode.Parse(Examples.CloudEventBatch)!),
            },
        };
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Description.Bearer, context.Document)] = [] }];
        foreach (var (status, response) in operation.Responses ?? [])
        {
            if (response is not OpenApiResponse described)
                continue;
            described.Description = Statuses[status];
            if (status is "207" or "429" or "503")
                described.Headers = new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal) { ["Retry-After"] = Seconds() };
        }

        if (operation.Responses?["503"] is OpenApiResponse later && later.Content is { } content)
            content[MediaTypes.Plain] = new OpenApiMediaType { Schema = await context.GetOrCreateSchemaAsync(typeof(EventsAnswer), cancellationToken: cancellation) };
    }

    private static OpenApiMediaType Form(string description, OpenApiSchema schema, JsonNode example)
    {
        schema.Description = description;
        return new OpenApiMediaType { Schema = schema, Example = example };
    }

    private static OpenApiHeader Seconds() => new()
    {
        Description = "Seconds to wait before the next request; on 207 only where an event is unconfirmed.", Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" },
    };
}
