using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace UsageStreams.Sandbox.OAuth;

/// <summary>Token endpoint's refusals, as in RFC 6749 section 5.2.</summary>
internal static class OAuthAnswers
{
    public static Task RefuseAsync(HttpContext context, int status, string error, string description) =>
        context.AnswerAsync(status, new JsonObject { ["error"] = error, ["error_description"] = description });
}
