using System.Text.Json;
using UsageStreams.Sinks.OAuth;

namespace UsageStreams.Sinks.Erp.NetSuite;

/// <summary>OAuth 2.0 client credentials with an assertion signed by a certificate's key (ES256; NetSuite takes no RS256).</summary>
internal sealed class NetSuiteSignIn(HttpClient http, NetSuiteOptions options, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan AssertionLife = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(2);
    private readonly Uri _address = new(options.BaseUrl, "services/rest/auth/oauth2/v1/token");
    private readonly JwtSigner _signer = JwtSigner.Es256(options.PrivateKeyPath, options.CertificateId);

    public async Task<AccessToken> RequestAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var assertion = _signer.Sign(new Dictionary<string, object>
        {
            ["iss"] = options.ClientId,
            ["scope"] = "rest_webservices",
            ["aud"] = _address.ToString(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + AssertionLife).ToUnixTimeSeconds(),
        });
        using var grant = await new TokenEndpoint(http, NetSuiteConnector.SystemName, _address, clock).AskAsync(
            new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                ["client_assertion"] = assertion,
            },
            cancellationToken);
        var life = LifeOf(grant.RootElement.GetProperty("expires_in"));
        var margin = life > 2 * Margin ? Margin : life / 10;
        return new AccessToken(grant.RootElement.GetProperty("access_token").GetString()!, options.BaseUrl, now + life - margin);
    }

    public void Dispose() => _signer.Dispose();

    // Documented as text, seen as a number too.
    private static TimeSpan LifeOf(JsonElement seconds) =>
        TimeSpan.FromSeconds(seconds.ValueKind == JsonValueKind.String ? long.Parse(seconds.GetString()!) : seconds.GetInt64());
}
