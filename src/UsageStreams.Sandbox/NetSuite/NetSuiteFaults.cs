using Microsoft.AspNetCore.Http;
using UsageStreams.Sandbox.Faults;
using UsageStreams.Sandbox.OAuth;

namespace UsageStreams.Sandbox.NetSuite;

internal static class NetSuiteFaults
{
    /// <summary>Plays the part of a fault that comes before any effect; true when the call is answered by it.</summary>
    public static async Task<bool> AnswerBeforeAsync(HttpContext context, SandboxFault? fault, TokenDesk tokens)
    {
        switch (fault?.Kind)
        {
            case FaultKind.TooManyRequests:
                await NetSuiteError.TooManyRequests.AnswerAsync(context);
                return true;
            case FaultKind.ServerError:
                await NetSuiteError.Unexpected(500).AnswerAsync(context);
                return true;
            case FaultKind.Unavailable:
                context.Response.Headers.RetryAfter = fault.RetryAfterSeconds.ToString();
                await NetSuiteError.Unexpected(503).AnswerAsync(context);
                return true;
            case FaultKind.ExpiredToken:
                if (tokens.Admits(context.Request.Headers.Authorization, out var token)) tokens.Revoke(token);
                await NetSuiteError.InvalidLogin.AnswerAsync(context);
                return true;
            case FaultKind.Delay:
                await Task.Delay(fault.DelayMilliseconds, context.RequestAborted);
                return false;
            default:
                return false;
        }
    }
}
