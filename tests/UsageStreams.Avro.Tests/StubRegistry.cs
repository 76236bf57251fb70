using System.Net;
using System.Text;

namespace UsageStreams.Avro.Tests;

/// <summary>Answers a registry client's requests in the test's process.</summary>
internal sealed class StubRegistry : HttpMessageHandler
{
    private readonly Queue<Func<HttpResponseMessage>> _answers = new();

    public List<string> Requests { get; } = [];

    public List<string?> Authorizations { get; } = [];

    public StubRegistry Answer(string json, HttpStatusCode status = HttpStatusCode.OK)
    {
        _answers.Enqueue(() => new HttpResponseMessage(status) { Content = new StringContent(json, Encoding.UTF8, "application/json") });
        return this;
    }

    public StubRegistry Answer(Func<HttpResponseMessage> answer)
    {
        _answers.Enqueue(answer);
        return this;
    }

    public StubRegistry Fail(Exception error)
    {
        _answers.Enqueue(() => throw error);
        return this;
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : " " + new StreamReader(request.Content.ReadAsStream(cancellationToken)).ReadToEnd();
        Requests.Add($"{request.Method} {request.RequestUri!.AbsoluteUri}{body}");
        Authorizations.Add(request.Headers.Authorization?.ToString());
        return _answers.Count > 0 ? _answers.Dequeue()() : throw new InvalidOperationException($"No answer is left for {Requests[^1]}.");
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The client is synchronous.");
}
