using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UsageStreams.Sandbox.Faults;
using UsageStreams.Sandbox.OAuth;
using UsageStreams.Sandbox.Storage;

namespace UsageStreams.Sandbox.Salesforce;

/// <summary>The CRM's data service: upserts by external id, single and in collections, and reads.</summary>
internal sealed class SalesforceApi(SandboxOptions options, RecordStore store, FaultBook faults, TokenDesk tokens)
{
    private const int MaxRecords = 200;
    private const string Data = $"{Instance}/services/data/v{{version}}";

    // The API's own limits are told by 403, not 429.
    private readonly FaultPlay _play = new(
        tokens,
        SalesforceError.RequestLimit.AnswerAsync,
        static (context, status) => SalesforceError.Server(status).AnswerAsync(context),
        SalesforceError.Session.AnswerAsync);

    private long _calls;

    public const string TokenPath = "/salesforce/services/oauth2/token";

    /// <summary>Path of the instance, another than the login host's, so that a client has to use the one it is told.</summary>
    public const string Instance = "/salesforce/instances/us1";

    public long Calls => Interlocked.Read(ref _calls);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPatch($"{Data}/composite/sobjects/{{object}}/{{field}}", context => ServeAsync(context, UpsertCollectionAsync));
        routes.MapPatch($"{Data}/sobjects/{{object}}/{{field}}/{{externalId}}", context => ServeAsync(context, UpsertOneAsync));
        routes.MapGet($"{Data}/sobjects/{{object}}/{{field}}/{{externalId}}", context => ServeAsync(context, ReadAsync));
    }

    private async Task ServeAsync(HttpContext context, Func<HttpContext, SalesforceObject, Task> handle)
    {
        var calls = Interlocked.Increment(ref _calls);
        context.Response.Headers["Sforce-Limit-Info"] = $"api-usage={calls}/{options.CrmDailyCalls}";
        if (!tokens.Admits(context.Request.Headers.Authorization, out _)) await SalesforceError.Session.AnswerAsync(context);
        else if (SalesforceObject.Find(context.RouteText("object")) is not { } type) await SalesforceError.NotFound.AnswerAsync(context);
        else await handle(context, type);
    }

    private async Task UpsertCollectionAsync(HttpContext context, SalesforceObject type)
    {
        var field = context.RouteText("field");
        if (await context.ReadObjectAsync() is not { } body || RecordsOf(body, type) is not { } records)
        {
            await SalesforceError.Json.AnswerAsync(context);
            return;
        }

        if (records.Count > MaxRecords)
        {
            await new SalesforceError(400, "EXCEEDED_MAX_SIZE_REQUEST", $"record limit reached. cannot submit more than {MaxRecords} records in this type of request").AnswerAsync(context);
            return;
        }

        var fault = faults.TakeForCall(SandboxSystem.Salesforce, [.. records.Select(record => record[field]?.ToString() ?? "")]);
        if (await _play.AnswerBeforeAsync(context, fault)) return;
        var allOrNone = body["allOrNone"]?.GetValueKind() == JsonValueKind.True;
        var results = new Upsert(store, faults, type, field).Run(records, allOrNone);
        if (fault?.Kind == FaultKind.DropAfterEffect) context.Abort();
        else await context.AnswerAsync(200, results);
    }

    private async Task UpsertOneAsync(HttpContext context, SalesforceObject type)
    {
        var (field, externalId) = (context.RouteText("field"), context.RouteText("externalId"));
        if (await context.ReadObjectAsync() is not { } record || record.ContainsKey(field))
        {
            await SalesforceError.Json.AnswerAsync(context);
            return;
        }

        var fault = faults.TakeForCall(SandboxSystem.Salesforce, [externalId]);
        if (await _play.AnswerBeforeAsync(context, fault)) return;
        record[field] = externalId;
        var result = (JsonObject)new Upsert(store, faults, type, field).Run([record], allOrNone: false)[0]!;
        if (fault?.Kind == FaultKind.DropAfterEffect) context.Abort();
        else if (result["success"]!.GetValue<bool>()) await context.AnswerAsync(result["created"]!.GetValue<bool>() ? 201 : 200, result);
        else await RefuseAsync(context, (JsonObject)result["errors"]![0]!);
    }

    private static Task RefuseAsync(HttpContext context, JsonObject error) => new SalesforceError(
        400, error["statusCode"]!.GetValue<string>(), error["message"]!.GetValue<string>(),
        [.. error["fields"]!.AsArray().Select(field => field!.GetValue<string>())]).AnswerAsync(context);

    private async Task ReadAsync(HttpContext context, SalesforceObject type)
    {
        var externalId = context.RouteText("externalId");
        var fault = faults.TakeForCall(SandboxSystem.Salesforce, [externalId]);
        if (await _play.AnswerBeforeAsync(context, fault)) return;
        if (fault?.Kind == FaultKind.DropAfterEffect) context.Abort();
        else if (store.Find(new RecordKey(SandboxSystem.Salesforce, type.Name, externalId)) is not { } record) await SalesforceError.NotFound.AnswerAsync(context);
        else await context.AnswerAsync(200, Describe(record, type, context.Request.Query["fields"]));
    }

    private static JsonObject Describe(StoredRecord record, SalesforceObject type, string? fields)
    {
        var wanted = fields?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var body = new JsonObject { ["attributes"] = new JsonObject { ["type"] = type.Name }, ["Id"] = record.Id };
        foreach (var (name, value) in record.Document)
            if (wanted is null || wanted.Contains(name)) body[name] = value?.DeepClone();
        return body;
    }

    private static List<JsonObject>? RecordsOf(JsonObject body, SalesforceObject type)
    {
        if (body["records"] is not JsonArray { Count: > 0 } array) return null;
        List<JsonObject> records = [.. array.OfType<JsonObject>()];
        return records.Count == array.Count && records.All(record => record["attributes"] is JsonObject about && about["type"]?.ToString() == type.Name)
            ? records
            : null;
    }
}
