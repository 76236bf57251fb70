using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using UsageStreams.Gateway.Limits;
using UsageStreams.Gateway.Tokens;
using UsageStreams.Producer;

namespace UsageStreams.Gateway.Events;

/// <summary><c>POST /events</c>: answers when Kafka has acknowledged each event, and says of each what became of it.</summary>
internal sealed class EventsEndpoint(GatewayOptions options, UsageProducer producer, TokenBook tokens, GatewayMetrics metrics, ILogger logger)
{
    private readonly EventReader _reader = new(options.Limits);
    private readonly Outage _outage = new(options.RetryAfter, options.TimeProvider);
    private volatile bool _draining;

    /// <summary>Turns new requests away from now on.</summary>
    public void Drain() => _draining = true;

    /// <summary>Whether new requests are turned away because the gateway is being stopped.</summary>
    public bool IsDraining => _draining;

    public async Task HandleAsync(HttpContext context)
    {
        var start = options.TimeProvider.GetTimestamp();
        var active = metrics.Begin();
        try
        {
            await HandleAsync(context, active);
        }
        catch (RequestFault fault)
        {
            await RefuseAsync(context, fault);
        }
        catch (BadHttpRequestException error)
        {
            // The server's word for a body that is too long, too slow or cut off.
            await RefuseAsync(context, new RequestFault(error.StatusCode, error.StatusCode == StatusCodes.Status413PayloadTooLarge ? "body-too-large" : "unreadable-body", error.Message));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to be answered; whoever sends the events again sends them with the same ids.
            metrics.Problem("aborted");
        }
        finally
        {
            metrics.End(context.Response.StatusCode, options.TimeProvider.GetElapsedTime(start));
        }
    }

    private async Task HandleAsync(HttpContext context, int active)
    {
        if (_draining)
        {
            context.Response.Headers.Connection = "close";
            throw Later("stopping", "The gateway is being stopped; send the request to another one, or again.");
        }

        var token = tokens.Find(context.Request.Headers.Authorization, out var failure) ?? throw Unauthorized(context, failure);
        if (active > options.Limits.MaxRequests)
            throw Later("too-many-requests", $"The gateway works on {options.Limits.MaxRequests} requests at once, and no more.");
        if (!token.Use.TryBegin(options.Limits.MaxRequestsPerToken))
            throw new RequestFault(StatusCodes.Status429TooManyRequests, "too-many-requests",
                $"The token '{token.Entry.Name}' has {options.Limits.MaxRequestsPerToken} requests under way, which is its limit; wait for their answers.", options.RetryAfter);
        try
        {
            using var body = await RequestBody.ReadAsync(context.Request, options.Limits.MaxBodyBytes, context.RequestAborted);
            var answer = await PublishAsync(token, _reader.Read(context.Request, body.Bytes));
            metrics.Answered(answer, token.Entry.Name);
            await AnswerAsync(context, answer);
        }
        catch (Exception error) when (error is not (RequestFault or BadHttpRequestException or OperationCanceledException))
        {
            GatewayLog.Failed(logger, token.Entry.Name, error);
            throw new RequestFault(StatusCodes.Status500InternalServerError, "failed", "The gateway failed; send the events again with the same ids.");
        }
        finally
        {
            token.Use.End();
        }
    }

    private async Task<EventsAnswer> PublishAsync(Token token, IReadOnlyList<IncomingEvent> events)
    {
        if (_outage.IsOn)
            throw Later("kafka-away", "Kafka acknowledged nothing a moment ago; nothing of this request was sent.");
        if (!token.Use.TryTake(events.Count, options.Limits, options.TimeProvider, out var wait))
            throw new RequestFault(StatusCodes.Status429TooManyRequests, "too-many-events",
                $"The token '{token.Entry.Name}' may send {options.Limits.EventsPerSecondPerToken} events per second; nothing of this request was sent.", wait);
        var sending = new Sending(producer, events.Count);
        for (var index = 0; index < events.Count; index++)
            sending.Add(index, events[index], token);
        if (!sending.TrySend())
        {
            token.Use.GiveBack(events.Count);
            throw Later("queue-full", "More events are on their way to Kafka than the gateway keeps; nothing of this request was sent.");
        }

        var answer = await sending.EndAsync();
        _outage.Report(answer.Accepted > 0, answer.Unconfirmed > 0);
        if (answer.Unconfirmed > 0)
            GatewayLog.NotConfirmed(logger, answer.Unconfirmed, events.Count, token.Entry.Name, sending.Cause!);
        return answer;
    }

    private async Task AnswerAsync(HttpContext context, EventsAnswer answer)
    {
        context.Response.StatusCode =
            answer.Accepted == answer.Results.Count ? StatusCodes.Status200OK
            : answer.Refused == answer.Results.Count ? StatusCodes.Status422UnprocessableEntity
            : answer.Accepted == 0 && answer.Unconfirmed > 0 ? StatusCodes.Status503ServiceUnavailable
            : StatusCodes.Status207MultiStatus;
        if (answer.Unconfirmed > 0)
            context.Response.Headers.RetryAfter = Seconds(options.RetryAfter);
        context.Response.ContentType = MediaTypes.Plain;
        await JsonSerializer.SerializeAsync(context.Response.Body, answer, AnswerJson.Default.EventsAnswer, context.RequestAborted);
    }

    private async Task RefuseAsync(HttpContext context, RequestFault fault)
    {
        metrics.Problem(fault.Code);
        if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
            return;
        context.Response.StatusCode = fault.Status;
        if (fault.RetryAfter is { } wait)
            context.Response.Headers.RetryAfter = Seconds(wait);
        context.Response.ContentType = MediaTypes.Problem;
        await JsonSerializer.SerializeAsync(context.Response.Body, new Problem(fault.Status, fault.Code, fault.Message), AnswerJson.Default.Problem, context.RequestAborted);
    }

    private RequestFault Later(string code, string text) => new(StatusCodes.Status503ServiceUnavailable, code, text, options.RetryAfter);

    private static RequestFault Unauthorized(HttpContext context, string failure)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"usagestreams\"";
        return new RequestFault(StatusCodes.Status401Unauthorized, failure, failure switch
        {
            "missing-token" => "The request has no token; send the header 'Authorization: Bearer TOKEN'.",
            "expired-token" => "The token has expired; ask for another one.",
            _ => "The token is not known here; was it revoked, or is it another gateway's?",
        });
    }

    // Whole seconds, and never none.
    private static string Seconds(TimeSpan wait) => Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString("0", CultureInfo.InvariantCulture);
}
