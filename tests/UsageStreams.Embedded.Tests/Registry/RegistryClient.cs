using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace UsageStreams.Embedded.Tests.Registry;

/// <summary>Calls a registry as any HTTP client would.</summary>
internal sealed class RegistryClient(Uri url) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = url };

    public Task<Answer> Get(string path) => Send(HttpMethod.Get, path);

    public Task<Answer> Delete(string path) => Send(HttpMethod.Delete, path);

    public Task<Answer> Put(string path, string body) => Send(HttpMethod.Put, path, body);

    public Task<Answer> Post(string path, string body) => Send(HttpMethod.Post, path, body);

    public Task<Answer> Register(string subject, string schema) =>
        Post($"/subjects/{Uri.EscapeDataString(subject)}/versions?normalize=False", SchemaBody(schema));

    public static string SchemaBody(string schema) => JsonSerializer.Serialize(new { schema });

    public void Dispose() => _http.Dispose();

    private async Task<Answer> Send(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/vnd.schemaregistry.v1+json");
        using HttpResponseMessage response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Answer((int)response.StatusCode, text, response.Content.Headers.ContentType?.ToString());
    }
}

/// <summary>What a registry answered.</summary>
internal sealed record Answer(int Status, string Text, string? ContentType)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    /// <summary>The answer's status and error code, to compare both at once.</summary>
    public (int Status, int Code) Error => (Status, Json["error_code"]!.GetValue<int>());
}
