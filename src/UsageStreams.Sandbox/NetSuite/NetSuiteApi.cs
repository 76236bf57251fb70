using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UsageStreams.Sandbox.Faults;
using UsageStreams.Sandbox.OAuth;
using UsageStreams.Sandbox.Storage;

namespace UsageStreams.Sandbox.NetSuite;

/// <summary>The ERP's record service, as far as invoices and credit memos go.</summary>
internal sealed class NetSuiteApi(SandboxOptions options, RecordStore store, FaultBook faults, TokenDesk tokens)
{
    private const string Records = "/netsuite/services/rest/record/v1";
    private readonly FaultPlay _play = new(
        tokens,
        NetSuiteError.TooManyRequests.AnswerAsync,
        static (context, status) => NetSuiteError.Unexpected(status).AnswerAsync(context),
        NetSuiteError.InvalidLogin.AnswerAsync);

    private int _inFlight;
    private long _calls;

    public const string TokenPath = "/netsuite/services/rest/auth/oauth2/v1/token";

    public long Calls => Interlocked.Read(ref _calls);

    public void Map(IEndpointRouteBuilder routes)
    {
        const string type = $"{Records}/{{type}}";
        routes.MapPost(type, context => ServeAsync(context, CreateAsync));
        routes.MapPut($"{type}/eid:{{externalId}}", context => ServeAsync(context, UpsertAsync));
        routes.MapGet($"{type}/eid:{{externalId}}", context => ServeAsync(context, ReadByExternalIdAsync));
        routes.MapGet($"{type}/{{id:long}}", context => ServeAsync(context, ReadByIdAsync));
    }

    private async Task ServeAsync(HttpContext context, Func<HttpContext, Task> handle)
    {
        Interlocked.Increment(ref _calls);
        var inFlight = Interlocked.Increment(ref _inFlight);
        try
        {
            if (inFlight > options.ErpConcurrency) await NetSuiteError.TooManyRequests.AnswerAsync(context);
            else if (!tokens.Admits(context.Request.Headers.Authorization, out _)) await NetSuiteError.InvalidLogin.AnswerAsync(context);
            else if (context.RouteText("type") is not (InvoiceRules.Invoice or InvoiceRules.CreditMemo)) await NetSuiteError.UnknownType.AnswerAsync(context);
            else await handle(context);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private static RecordKey Key(HttpContext context, string externalId) => new(SandboxSystem.NetSuite, context.RouteText("type"), externalId);

    private async Task CreateAsync(HttpContext context)
    {
        if (await context.ReadObjectAsync() is not { } body)
        {
            await NetSuiteError.User("Error while accessing a resource. The request body is no JSON object.").AnswerAsync(context);
            return;
        }

        var externalId = body["externalId"]?.ToString() ?? Guid.NewGuid().ToString("N");
        await WriteAsync(context, body, externalId, mayExist: false);
    }

    private async Task UpsertAsync(HttpContext context)
    {
        if (await context.ReadObjectAsync() is { } body) await WriteAsync(context, body, context.RouteText("externalId"), mayExist: true);
        else await NetSuiteError.User("Error while accessing a resource. The request body is no JSON object.").AnswerAsync(context);
    }

    private async Task WriteAsync(HttpContext context, JsonObject body, string externalId, bool mayExist)
    {
        var fault = faults.TakeForCall(SandboxSystem.NetSuite, [externalId]);
        if (await _play.AnswerBeforeAsync(context, fault)) return;
        if (Check(context, body, externalId) is { } error)
        {
            await error.AnswerAsync(context);
            return;
        }

        var replaceLines = context.Request.Query["replace"] == "item";
        var key = Key(context, externalId);
        NetSuiteError? refusal = null;
        var result = store.Write([(key, before =>
        {
            if (before is not null && !mayExist)
            {
                refusal = NetSuiteError.AlreadyExists;
                return null;
            }

            var after = InvoiceMerge.Merge(before?.Document, InvoiceRules.Known(body), replaceLines);
            after["externalId"] = externalId;
            refusal = InvoiceRules.Fault(after, options.KnownCustomers);
            return refusal is null ? after : null;
        })], number => number.ToString())[0];

        if (refusal is not null) await refusal.AnswerAsync(context);
        else if (fault?.Kind == FaultKind.DropAfterEffect) context.Abort();
        else Confirm(context, result!.Value);
    }

    private NetSuiteError? Check(HttpContext context, JsonObject body, string externalId)
    {
        if (!InvoiceRules.IsExternalId(externalId)) return NetSuiteError.User($"Invalid external id '{externalId}'.", "externalId");
        if (faults.TakeForRecord(SandboxSystem.NetSuite, externalId) is { } refused)
            return NetSuiteError.User(refused.Message ?? "Error while accessing a resource. This record has been locked by a user defined workflow.");
        return context.Request.Headers["X-NetSuite-PropertyNameValidation"] == "Error" && InvoiceRules.UnknownField(body) is { } unknown
            ? NetSuiteError.UnknownField(unknown)
            : null;
    }

    private static void Confirm(HttpContext context, (StoredRecord Record, bool Created) written)
    {
        context.Response.StatusCode = 204;
        if (written.Created)
            context.Response.Headers.Location = $"{context.Request.Scheme}://{context.Request.Host}{Records}/{written.Record.Key.Object}/{written.Record.Id}";
    }

    private Task ReadByExternalIdAsync(HttpContext context)
    {
        var externalId = context.RouteText("externalId");
        return ReadAsync(context, store.Find(Key(context, externalId)), externalId);
    }

    private Task ReadByIdAsync(HttpContext context)
    {
        var record = store.FindById(SandboxSystem.NetSuite, context.RouteText("id"));
        return ReadAsync(context, record, record?.Key.ExternalId ?? "");
    }

    private async Task ReadAsync(HttpContext context, StoredRecord? record, string externalId)
    {
        var fault = faults.TakeForCall(SandboxSystem.NetSuite, [externalId]);
        if (await _play.AnswerBeforeAsync(context, fault)) return;
        if (fault?.Kind == FaultKind.DropAfterEffect) context.Abort();
        else if (record is null) await NetSuiteError.NotFound.AnswerAsync(context);
        else await context.AnswerAsync(200, Describe(record, context.Request.Query["expandSubResources"] == "true"));
    }

    private static JsonObject Describe(StoredRecord record, bool withLines)
    {
        var body = (JsonObject)record.Document.DeepClone();
        body["id"] = record.Id;
        body["tranId"] = $"INV{record.Id}";
        body["total"] = InvoiceRules.Total(record.Document);
        body["status"] = new JsonObject { ["id"] = "A", ["refName"] = "Open" };
        if (!withLines) body["item"] = new JsonObject { ["links"] = new JsonArray() };
        return body;
    }
}
