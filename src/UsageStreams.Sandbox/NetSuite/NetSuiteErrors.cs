using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace UsageStreams.Sandbox.NetSuite;

/// <summary>An error in the system's words: HTTP status, code, sentence, and where in the request.</summary>
internal sealed record NetSuiteError(int Status, string Code, string Detail, string? Path = null)
{
    private const string MediaType = "application/vnd.oracle.resource+json; type=error";
    private const string Rfc2616 = "https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html";

    public static NetSuiteError InvalidLogin { get; } = new(
        401, "INVALID_LOGIN", "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at Setup > Users/Roles > User Management > View Login Audit Trail.");

    public static NetSuiteError TooManyRequests { get; } = new(429, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded. Request blocked.");

    public static NetSuiteError AlreadyExists { get; } = User("Error while accessing a resource. This record already exists.");

    public static NetSuiteError NotFound { get; } = new(404, "NONEXISTENT_ID", "The record instance does not exist. Provide a valid record instance ID.");

    public static NetSuiteError UnknownType { get; } = new(404, "NOT_FOUND", "The sandbox keeps invoice and creditMemo records only.");

    public static NetSuiteError Unexpected(int status) => new(status, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: sandbox");

    public static NetSuiteError User(string detail, string? path = null) => new(400, "USER_ERROR", detail, path);

    public static NetSuiteError UnknownField(string name) => new(400, "NONEXISTENT_FIELD", $"Error while accessing a resource. Property name {name} is unknown.", name);

    public Task AnswerAsync(HttpContext context)
    {
        var detail = new JsonObject { ["detail"] = Detail, ["o:errorCode"] = Code };
        if (Path is not null) detail["o:errorPath"] = Path;
        var body = new JsonObject
        {
            ["type"] = Status switch
            {
                400 => $"{Rfc2616}#sec10.4.1",
                401 => "https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.2",
                _ => Rfc2616,
            },
            ["title"] = Status switch { 401 => "Unauthorized", 404 => "Not Found", >= 500 => "Internal Server Error", _ => "Bad Request" },
            ["status"] = Status,
            ["o:errorDetails"] = new JsonArray(detail),
        };
        return context.AnswerAsync(Status, body, MediaType);
    }
}
