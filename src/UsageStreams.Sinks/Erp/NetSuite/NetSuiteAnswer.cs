using System.Net;
using System.Text.Json;
using UsageStreams.Sinks.Http;

namespace UsageStreams.Sinks.Erp.NetSuite;

/// <summary>Reads what NetSuite says when it does not do what it was asked.</summary>
internal static class NetSuiteAnswer
{
    // NetSuite has one code for most refusals; this one means that somebody else wrote the record meanwhile.
    private const string ChangedMeanwhile = "RCRD_HAS_BEEN_CHANGED";

    /// <summary>The reason for a refusal of the document.</summary>
    /// <exception cref="TransientSinkException">It isn't the document's fault and passes.</exception>
    /// <exception cref="SinkStoppedException">It isn't the document's fault and stays.</exception>
    public static string Refusal(ApiAnswer answer)
    {
        var words = WordsOf(answer);
        return answer.Status switch
        {
            _ when words.Contains(ChangedMeanwhile, StringComparison.Ordinal) => throw new TransientSinkException($"NetSuite: {words}"),
            HttpStatusCode.Forbidden => throw new SinkStoppedException($"NetSuite refuses the integration's role: {words}. Give it the permission."),
            HttpStatusCode.NotFound => throw new SinkStoppedException($"NetSuite knows no such resource: {words}. Check the base URL and the account's features."),
            < HttpStatusCode.BadRequest => throw new SinkStoppedException($"NetSuite answered {(int)answer.Status}, which is no answer to a record call. Check the base URL."),
            _ => words,
        };
    }

    private static string WordsOf(ApiAnswer answer)
    {
        try
        {
            using var body = JsonDocument.Parse(answer.Body);
            return string.Join("; ", body.RootElement.GetProperty("o:errorDetails").EnumerateArray().Select(Describe));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"{(int)answer.Status} {answer.Words}";
        }
    }

    private static string Describe(JsonElement detail)
    {
        var path = detail.TryGetProperty("o:errorPath", out var place) ? $" ({place.GetString()})" : "";
        return $"{detail.GetProperty("o:errorCode").GetString()}: {detail.GetProperty("detail").GetString()}{path}";
    }
}
