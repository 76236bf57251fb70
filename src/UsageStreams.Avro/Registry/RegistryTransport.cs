using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;

namespace UsageStreams.Avro.Registry;

/// <summary>Sends requests to the registry, again where that may help, and turns what goes wrong into errors.</summary>
internal sealed class RegistryTransport : IDisposable
{
    private const string ContentType = "application/vnd.schemaregistry.v1+json";

    private readonly HttpClient _http;
    private readonly RegistryAddress _address;
    private readonly SchemaRegistryOptions _options;

    public RegistryTransport(Uri baseUrl, SchemaRegistryOptions options)
    {
        if (options.Attempts is < 1 or > 20)
            throw new ArgumentException($"Attempts must be 1 to 20, not {options.Attempts}.", nameof(options));
        _address = new RegistryAddress(baseUrl, options);
        _options = options;
        _http = options.Handler is { } handler ? new HttpClient(handler, disposeHandler: false) : new HttpClient();
        _http.Timeout = options.Timeout;
    }

    public string Url => _address.Url;

    public void Dispose() => _http.Dispose();

    /// <summary>The answer to a request, or null where it is 404 and that is expected.</summary>
    public JsonElement? Send(RegistryRequest request, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            SchemaRegistryException failure;
            TimeSpan? retryAfter = null;
            try
            {
                using var message = CreateMessage(request);
                using var response = _http.Send(message, cancellation);
                if (response.IsSuccessStatusCode)
                    return ReadJson(response, request);
                if (response.StatusCode == HttpStatusCode.NotFound && request.MayBeMissing)
                    return null;
                failure = Refusal(response, request);
                retryAfter = response.Headers.RetryAfter?.Delta;
            }
            catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The client cancels by closing what it reads from, which may show as either; so does its own timeout.
                cancellation.ThrowIfCancellationRequested();
                failure = Unreachable(request, error);
            }

            if (!failure.IsTransient || attempt == _options.Attempts)
                throw failure;
            Wait(attempt, retryAfter, cancellation);
        }
    }

    private void Wait(int attempt, TimeSpan? retryAfter, CancellationToken cancellation)
    {
        var delay = retryAfter ?? _options.RetryDelay * Math.Pow(2, attempt - 1);
        if (delay > _options.MaxRetryDelay)
            delay = _options.MaxRetryDelay;
        cancellation.WaitHandle.WaitOne(delay);
        cancellation.ThrowIfCancellationRequested();
    }

    private HttpRequestMessage CreateMessage(RegistryRequest request)
    {
        var message = new HttpRequestMessage(request.Method, _address.Url + request.Path);
        message.Headers.Authorization = _address.Authorization;
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(ContentType));
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaTypeNames.Application.Json, 0.9));
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body));
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        }

        return message;
    }

    private JsonElement ReadJson(HttpResponseMessage response, RegistryRequest request)
    {
        try
        {
            using var document = JsonDocument.Parse(response.Content.ReadAsStream());
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw new SchemaRegistryException(
                $"{Describe(request)} answered something that is not JSON. Check that the URL is a schema registry's.",
                isTransient: false, (int)response.StatusCode, innerException: error);
        }
    }

    private SchemaRegistryException Refusal(HttpResponseMessage response, RegistryRequest request)
    {
        var status = (int)response.StatusCode;
        var (code, text) = ReadError(response);
        if (status == (int)HttpStatusCode.Conflict && request.Subject is { } subject)
            return new IncompatibleSchemaException(subject, text, code);
        var advice = status switch
        {
            401 or 403 => " Check the user and password of the schema registry.",
            404 => " Check that the URL, its path included, is a schema registry's.",
            _ => "",
        };
        var number = code == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", error {code}");
        return new SchemaRegistryException($"{Describe(request)} answered {status}{number}: {text}{advice}", IsTransient(status), status, code);
    }

    private SchemaRegistryException Unreachable(RegistryRequest request, Exception error)
    {
        var why = error is OperationCanceledException or ObjectDisposedException ? $"no answer within {_options.Timeout.TotalSeconds} s" : error.Message;
        return new SchemaRegistryException(
            $"{Describe(request)} failed: {why}. Check that the schema registry runs and that its URL is right.", isTransient: true, innerException: error);
    }

    // Not all that answer are registries: a proxy's page of HTML must not hide its status.
    private static (int Code, string Text) ReadError(HttpResponseMessage response)
    {
        try
        {
            using var document = JsonDocument.Parse(response.Content.ReadAsStream());
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String)
            {
                var code = root.TryGetProperty("error_code", out var value) && value.TryGetInt32(out var number) ? number : 0;
                return (code, message.GetString()!);
            }
        }
        catch (JsonException)
        {
            return (0, response.ReasonPhrase ?? "no text");
        }

        return (0, response.ReasonPhrase ?? "no text");
    }

    private string Describe(RegistryRequest request) => $"{request.Method} {_address.Url}{request.Path}";

    private static bool IsTransient(int status) => status is 408 or 429 or >= 500;
}

/// <summary>One request.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path below the registry's URL, escaped.</param>
internal sealed record RegistryRequest(HttpMethod Method, string Path)
{
    /// <summary>Members of the JSON body; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Body { get; init; }

    /// <summary>Whether a 404 is an answer and not an error.</summary>
    public bool MayBeMissing { get; init; }

    /// <summary>The subject whose rules a 409 speaks of.</summary>
    public string? Subject { get; init; }
}
