using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace UsageStreams.Sandbox.Tests;

/// <summary>Calls a sandbox as any client of the real systems would; shares no code with the sinks.</summary>
internal sealed class Client(SandboxServer server, TimeProvider clock) : IDisposable
{
    private const string InvoicePath = "netsuite/services/rest/record/v1/invoice";
    private readonly HttpClient _http = new() { BaseAddress = server.Url };

    public string NetSuiteTokenUrl => new Uri(server.Url, "netsuite/services/rest/auth/oauth2/v1/token").ToString();

    public Dictionary<string, object> NetSuiteClaims() => new()
    {
        ["iss"] = server.Credentials.NetSuiteClientId,
        ["scope"] = new[] { "rest_webservices" },
        ["aud"] = NetSuiteTokenUrl,
        ["iat"] = clock.GetUtcNow().ToUnixTimeSeconds(),
        ["exp"] = clock.GetUtcNow().ToUnixTimeSeconds() + 3_000,
    };

    public async Task<HttpResponseMessage> NetSuiteTokenAsync(Dictionary<string, object> claims, string? keyPath = null, string algorithm = "ES256")
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(keyPath ?? server.Credentials.NetSuitePrivateKeyPath));
        var unsigned = Unsigned(new { alg = algorithm, typ = "JWT", kid = server.Credentials.NetSuiteCertificateId }, claims);
        return await PostFormAsync(NetSuiteTokenUrl, new()
        {
            ["grant_type"] = "client_credentials",
            ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ["client_assertion"] = $"{unsigned}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(unsigned), HashAlgorithmName.SHA256))}",
        });
    }

    public async Task<HttpResponseMessage> SalesforceTokenAsync(Dictionary<string, object> claims)
    {
        using var key = RSA.Create();
        key.ImportFromPem(File.ReadAllText(server.Credentials.SalesforcePrivateKeyPath));
        var unsigned = Unsigned(new { alg = "RS256" }, claims);
        var signature = key.SignData(Encoding.ASCII.GetBytes(unsigned), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return await PostFormAsync(new Uri(server.Url, "salesforce/services/oauth2/token").ToString(), new()
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer",
            ["assertion"] = $"{unsigned}.{Base64Url.EncodeToString(signature)}",
        });
    }

    public Dictionary<string, object> SalesforceClaims() => new()
    {
        ["iss"] = server.Credentials.SalesforceClientId,
        ["sub"] = server.Credentials.SalesforceUsername,
        ["aud"] = server.SalesforceLoginUrl.ToString(),
        ["exp"] = clock.GetUtcNow().ToUnixTimeSeconds() + 180,
    };

    public async Task SignInToNetSuiteAsync()
    {
        using var answer = await NetSuiteTokenAsync(NetSuiteClaims());
        Bear((await JsonAsync(answer))["access_token"]!.GetValue<string>());
    }

    /// <summary>Signs in and gives the instance's address.</summary>
    public async Task<string> SignInToSalesforceAsync()
    {
        using var answer = await SalesforceTokenAsync(SalesforceClaims());
        var grant = await JsonAsync(answer);
        Bear(grant["access_token"]!.GetValue<string>());
        return grant["instance_url"]!.GetValue<string>();
    }

    public Task<HttpResponseMessage> PutInvoiceAsync(string externalId, string body, string query = "", bool strict = false, string recordType = "invoice")
    {
        var request = new HttpRequestMessage(HttpMethod.Put, $"netsuite/services/rest/record/v1/{recordType}/eid:{externalId}{query}") { Content = Text(body) };
        if (strict) request.Headers.Add("X-NetSuite-PropertyNameValidation", "Error");
        return _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> PostInvoiceAsync(string body) => _http.PostAsync(new Uri(InvoicePath, UriKind.Relative), Text(body), TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> PatchAsync(string address, string body) => _http.PatchAsync(new Uri(address), Text(body), TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> PostAsync(string path, string body) => _http.PostAsync(new Uri(path, UriKind.Relative), Text(body), TestContext.Current.CancellationToken);

    public async Task<JsonObject> GetAsync(string path) => await _http.GetFromJsonAsync<JsonObject>(path, TestContext.Current.CancellationToken) ?? [];

    public Task<JsonObject> GetInvoiceAsync(string externalId) => GetAsync($"{InvoicePath}/eid:{externalId}?expandSubResources=true");

    public static async Task<JsonNode> JsonAsync(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;

    public void Bear(string token) => _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

    public void Dispose() => _http.Dispose();

    private static string Unsigned(object header, object claims) =>
        $"{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(header))}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}";

    private static StringContent Text(string body) => new(body, Encoding.UTF8, "application/json");

    private async Task<HttpResponseMessage> PostFormAsync(string address, Dictionary<string, string> form)
    {
        using var content = new FormUrlEncodedContent(form);
        return await _http.PostAsync(new Uri(address), content, TestContext.Current.CancellationToken);
    }
}
