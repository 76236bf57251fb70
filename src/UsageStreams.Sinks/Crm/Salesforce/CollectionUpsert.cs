using System.Net;
using System.Text.Json;
using UsageStreams.Sinks.Http;

namespace UsageStreams.Sinks.Crm.Salesforce;

/// <summary>What became of one record: its id, or why not.</summary>
internal readonly record struct UpsertResult(string? Id, string? Error);

/// <summary>Upserts up to 200 records of one object by external id in one call.</summary>
internal sealed class CollectionUpsert(ApiClient api, SalesforceOptions options)
{
    public const int MaxRecords = 200;

    /// <summary>Upserts records with different external ids; one result for each, in order.</summary>
    /// <param name="type">The object.</param>
    /// <param name="records">1 to 200 records.</param>
    /// <param name="traced">The call whose trace headers this one bears.</param>
    /// <param name="calls">Counts the calls.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IReadOnlyList<UpsertResult>> RunAsync(
        string type, IReadOnlyList<SalesforceRecord> records, ApiCall traced, CallCount calls, CancellationToken cancellationToken)
    {
        var call = traced with
        {
            Method = HttpMethod.Patch,
            Path = $"services/data/v{options.ApiVersion}/composite/sobjects/{type}/{options.ExternalIdField}",
            Body = Body(records),
        };
        var answer = await api.CallAsync(call, calls, cancellationToken);
        if (!answer.IsSuccess) throw CallFailure(answer);
        using var results = JsonDocument.Parse(answer.Body);
        if (results.RootElement.GetArrayLength() != records.Count)
            throw new SinkStoppedException($"Salesforce answered {records.Count} records of {type} with {results.RootElement.GetArrayLength()} results. Check the API version {options.ApiVersion}.");
        return [.. results.RootElement.EnumerateArray().Select(Read)];
    }

    private static byte[] Body(IReadOnlyList<SalesforceRecord> records) => Payload.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("allOrNone", false);
        writer.WriteStartArray("records");
        foreach (var record in records) writer.WriteRawValue(record.Json, skipInputValidation: true);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static UpsertResult Read(JsonElement result)
    {
        if (result.GetProperty("success").GetBoolean()) return new UpsertResult(result.GetProperty("id").GetString(), null);
        var errors = result.GetProperty("errors").EnumerateArray().ToList();

        // A lock is another writer's and passes. The whole call is repeated, which changes nothing for the records that went through.
        if (errors.Any(error => error.GetProperty("statusCode").GetString() == "UNABLE_TO_LOCK_ROW"))
            throw new TransientSinkException("Salesforce could not lock a record: UNABLE_TO_LOCK_ROW.");
        return new UpsertResult(null, string.Join("; ", errors.Select(error => $"{error.GetProperty("statusCode").GetString()}: {error.GetProperty("message").GetString()}")));
    }

    // Records are judged one by one in a 200; anything else is about the call, and so about our options or the organisation's set-up.
    private static SinkException CallFailure(ApiAnswer answer) =>
        answer.Status == HttpStatusCode.Forbidden && answer.Words.Contains("REQUEST_LIMIT_EXCEEDED", StringComparison.Ordinal)
            ? new TransientSinkException($"Salesforce throttles: {answer.Words}") { IsThrottled = true }
            : new SinkStoppedException($"Salesforce refused a call: {(int)answer.Status} {answer.Words}. Check the user's permissions, the UB_ fields and the API version.");
}
