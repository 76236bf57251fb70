using System.Net;

namespace UsageStreams.Sinks.Http;

internal static class HttpExchange
{
    /// <summary>Sends a request and reads the whole answer.</summary>
    /// <exception cref="TransientSinkException">No answer came, or one that says "not now": 408, 429 or 5xx.</exception>
    public static async Task<ApiAnswer> ExchangeAsync(
        this HttpClient http, HttpRequestMessage request, string system, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            var answer = new ApiAnswer(response.StatusCode, body, response.Headers.Location);
            if (!IsTrouble(response.StatusCode)) return answer;
            throw new TransientSinkException($"{system} answered {request.Method} {request.RequestUri} with {(int)answer.Status} {answer.Words}.")
            {
                RetryAfter = RetryAfter(response, clock),
                IsThrottled = answer.Status == HttpStatusCode.TooManyRequests,
            };
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new TransientSinkException($"{system} gave no answer to {request.Method} {request.RequestUri}: {error.Message}", error);
        }
    }

    private static bool IsTrouble(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider clock)
    {
        if (response.Headers.RetryAfter is not { } header) return null;
        var wait = header.Delta ?? header.Date - clock.GetUtcNow();
        return wait > TimeSpan.Zero ? wait : null;
    }
}
