using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using UsageStreams.Gateway.Events;

namespace UsageStreams.Gateway.Pages;

/// <summary>What is served where, and how it is described.</summary>
internal static class Routes
{
    /// <summary>Name of the document of <see cref="Description"/>.</summary>
    public const string Document = "v1";

    public static void AddGatewayDescription(this IServiceCollection services, GatewayLimits limits) => services.AddOpenApi(Document, options =>
    {
        options.AddDocumentTransformer(new Description(limits).TransformAsync);
        options.AddOperationTransformer(new EventsOperation(limits).TransformAsync);
    });

    public static void MapEvents(this IEndpointRouteBuilder routes, Func<HttpContext, Task> handler) => routes
        .MapPost("/events", (Delegate)handler)
        .WithName(EventsOperation.Id)
        .WithSummary("Publish usage events")
        .Produces<EventsAnswer>(StatusCodes.Status200OK)
        .Produces<EventsAnswer>(StatusCodes.Status207MultiStatus)
        .Produces<Problem>(StatusCodes.Status400BadRequest, MediaTypes.Problem)
        .Produces<Problem>(StatusCodes.Status401Unauthorized, MediaTypes.Problem)
        .Produces<Problem>(StatusCodes.Status413PayloadTooLarge, MediaTypes.Problem)
        .Produces<Problem>(StatusCodes.Status415UnsupportedMediaType, MediaTypes.Problem)
        .Produces<EventsAnswer>(StatusCodes.Status422UnprocessableEntity)
        .Produces<Problem>(StatusCodes.Status429TooManyRequests, MediaTypes.Problem)
        .Produces<Problem>(StatusCodes.Status503ServiceUnavailable, MediaTypes.Problem);

    public static void MapHealth(this IEndpointRouteBuilder routes, ReadinessCheck readiness)
    {
        routes.MapGet("/health/live", static () => Results.Text("live")).WithName("live").WithSummary("Whether the process runs")
            .Produces<string>(StatusCodes.Status200OK, "text/plain");
        routes.MapGet("/health/ready", (Delegate)(async (HttpContext context) =>
            {
                var now = await readiness.LookAsync();
                context.Response.StatusCode = now.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
                context.Response.ContentType = MediaTypes.Plain;
                await JsonSerializer.SerializeAsync(context.Response.Body, now, AnswerJson.Default.Readiness, context.RequestAborted);
            }))
            .WithName("ready").WithSummary("Whether events can be taken: Kafka answers, and the gateway is not being stopped")
            .Produces<Readiness>(StatusCodes.Status200OK).Produces<Readiness>(StatusCodes.Status503ServiceUnavailable);
    }

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi.json");
        routes.MapGet("/", static async (HttpContext context, [FromKeyedServices(Document)] IOpenApiDocumentProvider documents) =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
            context.Response.Headers.XContentTypeOptions = "nosniff";
            await context.Response.WriteAsync(DescriptionPage.Of(await documents.GetOpenApiDocumentAsync(context.RequestAborted)), context.RequestAborted);
        }).ExcludeFromDescription();
    }
}
