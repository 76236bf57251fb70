using System.Net;
using System.Text.Json;
using UsageStreams.Sinks.Http;

namespace UsageStreams.Sinks.OAuth;

/// <summary>Asks an OAuth 2.0 token endpoint and tells its refusals from its troubles.</summary>
internal sealed class TokenEndpoint(HttpClient http, string system, Uri address, TimeProvider clock)
{
    /// <summary>Posts a form and reads the grant; the caller disposes it.</summary>
    public async Task<JsonDocument> AskAsync(IReadOnlyDictionary<string, string> form, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(form) };
        var answer = await http.ExchangeAsync(request, system, clock, cancellationToken);
        if (answer.Status != HttpStatusCode.OK)
        {
            throw new SinkStoppedException(
                $"{system} refused to sign in at {address}: {(int)answer.Status} {answer.Words}. Check client id, key and the system's clock.");
        }

        try
        {
            return JsonDocument.Parse(answer.Body);
        }
        catch (JsonException error)
        {
            throw new TransientSinkException($"{system} answered a token request at {address} with something that is no JSON.", error);
        }
    }
}
