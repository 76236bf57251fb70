using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace UsageStreams.Sandbox.Salesforce;

/// <summary>An error in the system's words.</summary>
internal sealed record SalesforceError(int Status, string Code, string Message, params string[] Fields)
{
    public static SalesforceError Session { get; } = new(401, "INVALID_SESSION_ID", "Session expired or invalid");

    public static SalesforceError RequestLimit { get; } = new(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.");

    public static SalesforceError NotFound { get; } = new(404, "NOT_FOUND", "The requested resource does not exist");

    public static SalesforceError Json { get; } = new(400, "JSON_PARSER_ERROR", "The request body is not what this resource expects.");

    public static SalesforceError RolledBack { get; } = new(
        400, "ALL_OR_NONE_OPERATION_ROLLED_BACK", "Record rolled back because not all records were valid and the request was using AllOrNone header");

    public static SalesforceError Server(int status) => status == 503
        ? new(503, "SERVER_UNAVAILABLE", "The server is currently unavailable. Please try again.")
        : new(status, "UNKNOWN_EXCEPTION", "An unexpected error occurred. Please include this ErrorId if you contact support: sandbox");

    /// <summary>The error as the whole call's answer: an array of one.</summary>
    public Task AnswerAsync(HttpContext context)
    {
        var entry = new JsonObject { ["message"] = Message, ["errorCode"] = Code };
        if (Fields.Length > 0) entry["fields"] = FieldNames();
        return context.AnswerAsync(Status, new JsonArray(entry));
    }

    /// <summary>The error as one record's result in a collections call.</summary>
    public JsonObject AsResult() => new()
    {
        ["success"] = false,
        ["errors"] = new JsonArray(new JsonObject { ["statusCode"] = Code, ["message"] = Message, ["fields"] = FieldNames() }),
    };

    private JsonArray FieldNames() => new([.. Fields.Select(field => (JsonNode?)field)]);
}
