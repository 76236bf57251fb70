using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using UsageStreams.Sandbox.OAuth;

namespace UsageStreams.Sandbox.NetSuite;

/// <summary>The token endpoint: OAuth 2.0 client credentials with an assertion signed by a registered certificate's key.</summary>
internal sealed class NetSuiteTokens(SandboxCredentials credentials, TokenDesk desk, TimeProvider clock) : IDisposable
{
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private const long LongestLife = 3_600;
    private readonly ECDsa _key = LoadPublicKey(credentials.NetSuitePrivateKeyPath);

    public async Task HandleAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (form["grant_type"] != "client_credentials" || form["client_assertion_type"] != AssertionType)
        {
            await OAuthAnswers.RefuseAsync(context, 400, "unsupported_grant_type", "Only client_credentials with a JWT assertion is served.");
            return;
        }

        var audience = $"{context.Request.Scheme}://{context.Request.Host}{context.Request.Path}";
        if (Fault(Assertion.Parse(form["client_assertion"]), audience) is { } fault)
        {
            await OAuthAnswers.RefuseAsync(context, fault.Status, fault.Error, fault.Description);
            return;
        }

        // The life time is text in the real answer too.
        await context.AnswerAsync(200, new JsonObject
        {
            ["access_token"] = desk.Issue(), ["expires_in"] = ((long)desk.Lifetime.TotalSeconds).ToString(), ["token_type"] = "bearer",
        });
    }

    public void Dispose() => _key.Dispose();

    private static ECDsa LoadPublicKey(string path)
    {
        using var whole = ECDsa.Create();
        whole.ImportFromPem(File.ReadAllText(path));
        return ECDsa.Create(whole.ExportParameters(includePrivateParameters: false));
    }

    private (int Status, string Error, string Description)? Fault(Assertion? assertion, string audience)
    {
        if (assertion is null) return (400, "invalid_request", "The client assertion is no JWT.");
        if (assertion.Algorithm != "ES256") return (400, "invalid_request", $"The algorithm {assertion.Algorithm} is not supported.");
        if (assertion.KeyId != credentials.NetSuiteCertificateId || assertion.Text("iss") != credentials.NetSuiteClientId || !Verifies(assertion))
            return (401, "invalid_client", "The client, its certificate or the signature is not known.");
        if (assertion.Text("aud") != audience) return (400, "invalid_grant", "The audience is not this token endpoint.");
        if (!HasScope(assertion)) return (400, "invalid_scope", "The scope rest_webservices is missing.");
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        return assertion.Seconds("iat") is { } issued && assertion.Seconds("exp") is { } expires && expires - issued < LongestLife && expires > now
            ? null
            : (400, "invalid_grant", "The assertion has expired or lives longer than an hour.");
    }

    private bool Verifies(Assertion assertion) => _key.VerifyData(assertion.SignedPart, assertion.Signature, HashAlgorithmName.SHA256);

    private static bool HasScope(Assertion assertion)
    {
        const string needed = "rest_webservices";
        if (!assertion.Claims.TryGetProperty("scope", out var scope)) return false;
        return scope.ValueKind switch
        {
            JsonValueKind.String => scope.GetString()!.Split(',').Contains(needed),
            JsonValueKind.Array => scope.EnumerateArray().Any(entry => entry.ValueKind == JsonValueKind.String && entry.GetString() == needed),
            _ => false,
        };
    }
}
