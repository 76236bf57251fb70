using UsageStreams.Sinks.OAuth;

namespace UsageStreams.Sinks.Crm.Salesforce;

/// <summary>OAuth 2.0 JWT bearer, RS256. The answer says at which instance the API is called.</summary>
internal sealed class SalesforceSignIn(HttpClient http, SalesforceOptions options, TimeProvider clock) : IDisposable
{
    // Salesforce takes assertions that expire within a few minutes; three are documented.
    private static readonly TimeSpan AssertionLife = TimeSpan.FromMinutes(3);
    private readonly string _host = options.LoginUrl.ToString().TrimEnd('/');
    private readonly JwtSigner _signer = JwtSigner.Rs256(options.PrivateKeyPath);

    public async Task<AccessToken> RequestAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var assertion = _signer.Sign(new Dictionary<string, object>
        {
            ["iss"] = options.ClientId,
            ["sub"] = options.Username,
            ["aud"] = _host,
            ["exp"] = (now + AssertionLife).ToUnixTimeSeconds(),
        });
        using var grant = await new TokenEndpoint(http, SalesforceConnector.SystemName, new Uri($"{_host}/services/oauth2/token"), clock).AskAsync(
            new Dictionary<string, string>
            {
                ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer",
                ["assertion"] = assertion,
            },
            cancellationToken);
        var instance = grant.RootElement.GetProperty("instance_url").GetString()!;
        return new AccessToken(grant.RootElement.GetProperty("access_token").GetString()!, new Uri($"{instance.TrimEnd('/')}/"), now + options.SessionLifetime);
    }

    public void Dispose() => _signer.Dispose();
}
