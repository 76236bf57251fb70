using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UsageStreams.Sandbox.Faults;

namespace UsageStreams.Sandbox;

/// <summary>What only a sandbox has: faults to order, and a look at what it holds.</summary>
internal static class AdminApi
{
    public static void Map(IEndpointRouteBuilder routes, FaultBook faults, Func<SandboxSummary> summary)
    {
        routes.MapPost("/sandbox/faults", context => AddAsync(context, faults));
        routes.MapDelete("/sandbox/faults", context =>
        {
            faults.Clear();
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        });
        routes.MapGet("/sandbox/summary", context => context.Response.WriteAsJsonAsync(summary(), SandboxJson.Options, context.RequestAborted));
    }

    private static async Task AddAsync(HttpContext context, FaultBook faults)
    {
        try
        {
            var fault = await JsonSerializer.DeserializeAsync<SandboxFault>(context.Request.Body, SandboxJson.Options, context.RequestAborted)
                ?? throw new JsonException("The body is null; send a fault as a JSON object.");
            faults.Add(fault);
            context.Response.StatusCode = 204;
        }
        catch (Exception error) when (error is JsonException or SandboxException)
        {
            context.Response.StatusCode = 400;
            await context.Response.WriteAsJsonAsync(new { error = error.Message }, SandboxJson.Options, context.RequestAborted);
        }
    }
}
