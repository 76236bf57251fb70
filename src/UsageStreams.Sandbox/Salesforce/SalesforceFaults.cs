using Microsoft.AspNetCore.Http;
using UsageStreams.Sandbox.Faults;
using UsageStreams.Sandbox.OAuth;

namespace UsageStreams.Sandbox.Salesforce;

internal static class SalesforceFaults
{
    /// <summary>Plays the part of a fault that comes before any effect; true when the call is answered by it.</summary>
    public static async Task<bool> AnswerBeforeAsync(HttpContext context, SandboxFault? fault, TokenDesk tokens)
    {
        switch (fault?.Kind)
        {
            // The API's own limits are told by 403, not 429.
            case FaultKind.TooManyRequests:
                await SalesforceError.RequestLimit.AnswerAsync(context);
                return true;
            case FaultKind.ServerError:
                await SalesforceError.Server(500).AnswerAsync(context);
                return true;
            case FaultKind.Unavailable:
                context.Response.Headers.RetryAfter = fault.RetryAfterSeconds.ToString();
                await SalesforceError.Server(503).AnswerAsync(context);
                return true;
            case FaultKind.ExpiredToken:
                if (tokens.Admits(context.Request.Headers.Authorization, out var token)) tokens.Revoke(token);
                await SalesforceError.Session.AnswerAsync(context);
                return true;
            case FaultKind.Delay:
                await Task.Delay(fault.DelayMilliseconds, context.RequestAborted);
                return false;
            default:
                return false;
        }
    }
}
