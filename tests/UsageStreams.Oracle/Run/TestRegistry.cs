using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using UsageStreams.Avro.Registry;

namespace UsageStreams.Oracle.Run;

/// <summary>A schema registry that lives inside the client's HTTP handler.</summary>
internal sealed class TestRegistry : HttpMessageHandler
{
    private readonly List<string> _schemas = [];

    public static SchemaRegistryClient Client() => new(new Uri("http://registry.test"), new SchemaRegistryOptions { Handler = new TestRegistry() });

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (path.StartsWith("/schemas/ids/", StringComparison.Ordinal))
            return Answer(new { schema = _schemas[int.Parse(path["/schemas/ids/".Length..], CultureInfo.InvariantCulture) - 1] });
        using var body = JsonDocument.Parse(request.Content!.ReadAsStream(cancellationToken));
        var schema = body.RootElement.GetProperty("schema").GetString()!;
        if (!_schemas.Contains(schema)) _schemas.Add(schema);
        return Answer(new { id = _schemas.IndexOf(schema) + 1 });
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(Send(request, cancellationToken));

    private static HttpResponseMessage Answer(object body) =>
        new(HttpStatusCode.OK) { Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/vnd.schemaregistry.v1+json") };
}
