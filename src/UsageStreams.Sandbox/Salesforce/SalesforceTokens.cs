using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using UsageStreams.Sandbox.OAuth;

namespace UsageStreams.Sandbox.Salesforce;

/// <summary>The login host's token endpoint: OAuth 2.0 JWT bearer, RS256.</summary>
internal sealed class SalesforceTokens(SandboxCredentials credentials, TokenDesk desk, TimeProvider clock) : IDisposable
{
    private const string Grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    // The documented window is three minutes; the rest is room for clocks that differ.
    private const long LongestLife = 300;
    private readonly RSA _key = LoadPublicKey(credentials.SalesforcePrivateKeyPath);

    public async Task HandleAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var host = $"{context.Request.Scheme}://{context.Request.Host}";
        var fault = form["grant_type"] != Grant
            ? ("unsupported_grant_type", "grant type not supported")
            : Fault(Assertion.Parse(form["assertion"]), $"{host}/salesforce");
        if (fault is var (error, description))
        {
            await OAuthAnswers.RefuseAsync(context, 400, error, description);
            return;
        }

        await context.AnswerAsync(200, new JsonObject
        {
            ["access_token"] = desk.Issue(),
            ["scope"] = "id full",
            ["instance_url"] = $"{host}{SalesforceApi.Instance}",
            ["id"] = $"{host}/salesforce/id/00DUS/005US",
            ["token_type"] = "Bearer",
        });
    }

    public void Dispose() => _key.Dispose();

    private static RSA LoadPublicKey(string path)
    {
        using var whole = RSA.Create();
        whole.ImportFromPem(File.ReadAllText(path));
        return RSA.Create(whole.ExportParameters(includePrivateParameters: false));
    }

    private (string Error, string Description)? Fault(Assertion? assertion, string audience)
    {
        if (assertion is not { Algorithm: "RS256" }) return ("invalid_grant", "invalid assertion");
        if (assertion.Text("iss") != credentials.SalesforceClientId) return ("invalid_client_id", "client identifier invalid");
        if (!_key.VerifyData(assertion.SignedPart, assertion.Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
            return ("invalid_grant", "invalid assertion");
        if (assertion.Text("sub") != credentials.SalesforceUsername) return ("invalid_grant", "user hasn't approved this consumer");
        if (assertion.Text("aud") != audience) return ("invalid_grant", "audience is invalid");
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        return assertion.Seconds("exp") is { } expires && expires > now && expires - now <= LongestLife
            ? null
            : ("invalid_grant", "expired authorization code");
    }
}
