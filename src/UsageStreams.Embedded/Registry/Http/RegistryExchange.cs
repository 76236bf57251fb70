using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using UsageStreams.Embedded.Registry.Rules;

namespace UsageStreams.Embedded.Registry.Http;

/// <summary>One request and its answer, read and written as clients of Confluent's registry do.</summary>
internal readonly struct RegistryExchange(HttpContext context)
{
    private const string RegistryType = "application/vnd.schemaregistry.v1+json";
    private const string JsonType = "application/json";

    public CancellationToken Aborted => context.RequestAborted;

    /// <summary>The subject that stands in a segment of the path, counted from 0.</summary>
    public string Subject(int segment) => SubjectName.Resolve(Segment(segment));

    /// <summary>
    /// A segment of the path as the client meant it. Taken from the raw target: the server's own decoding leaves %2F as it is and would
    /// make a subject with a slash and one with a percent sign indistinguishable.
    /// </summary>
    public string Segment(int segment)
    {
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        string path = target.StartsWith('/') ? target : new Uri(target).PathAndQuery;
        int query = path.IndexOf('?', StringComparison.Ordinal);
        string[] segments = (query < 0 ? path : path[..query]).Split('/', StringSplitOptions.RemoveEmptyEntries);
        return Uri.UnescapeDataString(segments[segment]);
    }

    /// <summary>A yes or no of the query, in any case: .NET clients write <c>True</c>.</summary>
    public bool Flag(string name) => string.Equals(context.Request.Query[name], "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>What the query says of deleted versions.</summary>
    public Visibility Visibility() => new(Flag("deleted"), Flag("deletedOnly"));

    /// <summary>The part of a list that the query asks for by <c>offset</c> and <c>limit</c>.</summary>
    public IEnumerable<T> Page<T>(IEnumerable<T> all)
    {
        IEnumerable<T> rest = all.Skip(Number("offset") ?? 0);
        return Number("limit") is { } limit and >= 0 ? rest.Take(limit) : rest;
    }

    /// <summary>Whether a subject begins as the query's <c>subjectPrefix</c> says; <c>:*:</c> stands for all contexts.</summary>
    public bool HasPrefix(string subject)
    {
        string prefix = context.Request.Query["subjectPrefix"].ToString();
        return subject.StartsWith(prefix.StartsWith(":*:", StringComparison.Ordinal) ? prefix[3..] : SubjectName.Resolve(prefix), StringComparison.Ordinal);
    }

    /// <summary>Reads the body, whatever content type it is sent with.</summary>
    /// <exception cref="RegistryRequestException">422: there is none. 400: it is not the JSON expected.</exception>
    public async Task<T> ReadAsync<T>(JsonTypeInfo<T> type, string expected)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, Aborted) ?? throw RegistryErrors.MissingBody(expected);
        }
        catch (JsonException) when (context.Request.ContentLength is 0)
        {
            throw RegistryErrors.MissingBody(expected);
        }
        catch (JsonException error)
        {
            throw RegistryErrors.Malformed(error.Message, error);
        }
    }

    /// <summary>Writes the answer.</summary>
    public Task AnswerAsync<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        Start(status);
        return JsonSerializer.SerializeAsync(context.Response.Body, value, type, Aborted);
    }

    /// <summary>Writes a schema's text, which is JSON itself.</summary>
    public Task AnswerTextAsync(string schema)
    {
        Start(StatusCodes.Status200OK);
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(schema), Aborted).AsTask();
    }

    private void Start(int status)
    {
        string accept = context.Request.Headers.Accept.ToString();
        bool plain = accept.Contains(JsonType, StringComparison.OrdinalIgnoreCase) && !accept.Contains("schemaregistry", StringComparison.OrdinalIgnoreCase);
        context.Response.StatusCode = status;
        context.Response.ContentType = plain ? JsonType : RegistryType;
    }

    private int? Number(string name) =>
        int.TryParse(context.Request.Query[name], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null;
}
