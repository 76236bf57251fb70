using System.Net;
using System.Net.Http.Headers;
using UsageStreams.Sinks.OAuth;

namespace UsageStreams.Sinks.Http;

/// <summary>Calls an API with a token that holds.</summary>
internal sealed class ApiClient(HttpClient http, string system, TokenSource tokens, TimeProvider clock)
{
    /// <summary>An HTTP client for one system. It has no time limit of its own: the runtime sets one for each attempt.</summary>
    public static HttpClient CreateHttpClient() => new(new SocketsHttpHandler
    {
        // DNS changes are seen in time.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        AllowAutoRedirect = false,

        // The trace goes on from the document's header, not from whatever the process does at the moment.
        ActivityHeadersPropagator = null,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Makes a call; on 401 once more with a new token.</summary>
    /// <exception cref="TransientSinkException">No answer, or one that says "not now".</exception>
    /// <exception cref="SinkStoppedException">A new token isn't taken either.</exception>
    public async Task<ApiAnswer> CallAsync(ApiCall call, CallCount calls, CancellationToken cancellationToken)
    {
        var token = await tokens.GetAsync(cancellationToken);
        var answer = await SendAsync(call, token, calls, cancellationToken);
        if (answer.Status != HttpStatusCode.Unauthorized) return answer;

        tokens.Forget(token);
        token = await tokens.GetAsync(cancellationToken);
        answer = await SendAsync(call, token, calls, cancellationToken);
        if (answer.Status != HttpStatusCode.Unauthorized) return answer;
        tokens.Forget(token);
        throw new SinkStoppedException(
            $"{system} does not take a token it has just granted: {answer.Words}. Check the integration's role and whether its sessions are limited.");
    }

    private Task<ApiAnswer> SendAsync(ApiCall call, AccessToken token, CallCount calls, CancellationToken cancellationToken)
    {
        // Not disposed: the content is a byte array, and the message must outlive this method.
        var request = new HttpRequestMessage(call.Method, new Uri(token.Instance, call.Path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
        foreach (var (name, value) in call.Headers) request.Headers.TryAddWithoutValidation(name, value);
        if (IsHeaderSafe(call.Traceparent)) request.Headers.TryAddWithoutValidation("traceparent", call.Traceparent);
        if (IsHeaderSafe(call.CorrelationId)) request.Headers.TryAddWithoutValidation("X-Correlation-Id", call.CorrelationId);
        if (call.Body is not null)
        {
            request.Content = new ByteArrayContent(call.Body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        calls.Add();
        return http.ExchangeAsync(request, system, clock, cancellationToken);
    }

    // Both come from producers: whatever can't stand in a header stays out of it.
    private static bool IsHeaderSafe(string? text) => text is { Length: > 0 and <= 256 } && text.All(character => character is > ' ' and <= '~');
}
