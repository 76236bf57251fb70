using Microsoft.OpenApi;

namespace UsageStreams.Gateway.Pages;

/// <summary>The forms of an event, for the description.</summary>
internal static class Schemas
{
    /// <summary>A plain event; with <paramref name="array"/> one or an array of them.</summary>
    public static OpenApiSchema Plain(bool array)
    {
        var one = Object(["id", "source", "type", "tenant", "time"], new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["id"] = Text("Unique per tenant and source: the same event sent twice has the same id. Never made up here."),
            ["source"] = Text("The system that observed the event."),
            ["type"] = Text("What happened; metrics choose events by it."),
            ["tenant"] = Text("The product's id of the customer."),
            ["user"] = Text("The product's id of the person or agent."),
            ["workspace"] = Text("The part of the tenant it happened in."),
            ["product"] = Text("The product it happened in; the source by default."),
            ["time"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time", Description = "When it happened: RFC 3339 with its offset." },
            ["quantity"] = Quantity("How much; 19 digits before the point and 9 behind it, held exactly. A text where numbers are binary."),
            ["properties"] = new OpenApiSchema { Type = JsonSchemaType.Object, Description = "Whatever else metrics filter on: texts, numbers, true and false." },
            ["correlationId"] = Text("The producer's id of the request or job behind the event."),
            ["retracts"] = Text("Id of an event of the same tenant and source that this one takes back."),
            ["amends"] = Text("Id of an event of the same tenant and source that this one takes the place of."),
            ["traceparent"] = Text("W3C trace context; that of the request by default."),
        });
        one.AdditionalPropertiesAllowed = false;
        return array ? new OpenApiSchema { OneOf = [one, new OpenApiSchema { Type = JsonSchemaType.Array, Items = one }] } : one;
    }

    /// <summary>A CloudEvent; with <paramref name="array"/> an array of them.</summary>
    public static OpenApiSchema CloudEvent(bool array)
    {
        var one = Object(["specversion", "id", "source", "type", "time"], new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["specversion"] = Text("1.0"),
            ["id"] = Text("Unique per tenant and source; never made up here."),
            ["source"] = Text("The system that observed the event."),
            ["type"] = Text("What happened; metrics choose events by it."),
            ["time"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time", Description = "When it happened." },
            ["tenant"] = Text("The product's id of the customer; without this extension it is the subject."),
            ["subject"] = Text("The tenant, where there is no extension 'tenant'; else a property."),
            ["datacontenttype"] = Text("Media type of the data."),
            ["data"] = new OpenApiSchema
            {
                Description = "An object: 'quantity' is the quantity, 'user', 'workspace' and 'product' are the event's, other texts, numbers, true and false are properties.",
            },
            ["data_base64"] = Text("Binary data; read where its media type is JSON."),
            ["correlationid"] = Text("The producer's id of the request or job behind the event."),
            ["retracts"] = Text("Id of an event of the same tenant and source that this one takes back."),
            ["amends"] = Text("Id of an event of the same tenant and source that this one takes the place of."),
            ["traceparent"] = Text("W3C trace context."),
        });
        return array ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = one } : one;
    }

    private static OpenApiSchema Object(string[] required, Dictionary<string, IOpenApiSchema> properties) => new()
    {
        Type = JsonSchemaType.Object, Required = new HashSet<string>(required, StringComparer.Ordinal), Properties = properties,
    };

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };

    private static OpenApiSchema Quantity(string description) => new() { Type = JsonSchemaType.Number | JsonSchemaType.String, Description = description };
}
