using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace UsageStreams.Sandbox;

internal static class HttpAnswers
{
    public static Task AnswerAsync(this HttpContext context, int status, JsonNode body, string mediaType = "application/json")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = mediaType;
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }

    /// <summary>The request's body when it is a JSON object, else null.</summary>
    public static async Task<JsonObject?> ReadObjectAsync(this HttpContext context)
    {
        try
        {
            return await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static string RouteText(this HttpContext context, string name) => (string)context.Request.RouteValues[name]!;
}
