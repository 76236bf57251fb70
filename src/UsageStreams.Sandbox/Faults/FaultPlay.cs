using Microsoft.AspNetCore.Http;
using UsageStreams.Sandbox.OAuth;

namespace UsageStreams.Sandbox.Faults;

/// <summary>Plays the part of a fault that comes before any effect, in the words of one system.</summary>
/// <param name="tokens">The system's tokens.</param>
/// <param name="limited">Answers that its limit is reached.</param>
/// <param name="failed">Answers that the server failed, with an HTTP status.</param>
/// <param name="signedOut">Answers that the token is no good.</param>
internal sealed class FaultPlay(
    TokenDesk tokens, Func<HttpContext, Task> limited, Func<HttpContext, int, Task> failed, Func<HttpContext, Task> signedOut)
{
    /// <summary>True when the call is answered by the fault.</summary>
    public async Task<bool> AnswerBeforeAsync(HttpContext context, SandboxFault? fault)
    {
        switch (fault?.Kind)
        {
            case FaultKind.TooManyRequests:
                await limited(context);
                return true;
            case FaultKind.ServerError:
                await failed(context, StatusCodes.Status500InternalServerError);
                return true;
            case FaultKind.Unavailable:
                context.Response.Headers.RetryAfter = fault.RetryAfterSeconds.ToString();
                await failed(context, StatusCodes.Status503ServiceUnavailable);
                return true;
            case FaultKind.ExpiredToken:
                if (tokens.Admits(context.Request.Headers.Authorization, out var token)) tokens.Revoke(token);
                await signedOut(context);
                return true;
            case FaultKind.Delay:
                await Task.Delay(fault.DelayMilliseconds, context.RequestAborted);
                return false;
            default:
                return false;
        }
    }
}
