using System.Text.Json.Nodes;
using UsageStreams.Sandbox.Faults;
using UsageStreams.Sandbox.Storage;

namespace UsageStreams.Sandbox.Salesforce;

/// <summary>Upserts of one object by one external id field.</summary>
internal sealed class Upsert(RecordStore store, FaultBook faults, SalesforceObject type, string idField)
{
    /// <summary>Carries records out in their order and gives each its result.</summary>
    public JsonArray Run(IReadOnlyList<JsonObject> records, bool allOrNone)
    {
        var errors = new SalesforceError?[records.Count];
        var ids = records.Select(record => record[idField]?.ToString()).ToArray();
        HashSet<string> seen = [];
        for (var i = 0; i < records.Count; i++) errors[i] = Before(records[i], ids[i], seen);
        if (allOrNone && errors.Any(error => error is not null)) return Results(errors.Select(error => error ?? SalesforceError.RolledBack));

        var places = Enumerable.Range(0, records.Count).Where(i => errors[i] is null).ToList();
        var written = store.Write([.. places.Select(i => (Key(ids[i]!), Change(records[i])))], type.IdOf);
        var results = Results(errors);
        for (var place = 0; place < places.Count; place++)
            if (written[place] is var (record, created)) results[places[place]] = Success(record, created);
        return results;
    }

    public RecordKey Key(string externalId) => new(SandboxSystem.Salesforce, type.Name, externalId);

    private static JsonObject Success(StoredRecord record, bool created) =>
        new() { ["id"] = record.Id, ["success"] = true, ["errors"] = new JsonArray(), ["created"] = created };

    private static JsonArray Results(IEnumerable<SalesforceError?> errors) => new([.. errors.Select(error => (JsonNode?)error?.AsResult())]);

    private SalesforceError? Before(JsonObject record, string? externalId, HashSet<string> seen)
    {
        if (string.IsNullOrEmpty(externalId)) return new SalesforceError(400, "MISSING_ARGUMENT", $"{idField} not specified", idField);
        if (!seen.Add(externalId)) return new SalesforceError(400, "DUPLICATE_VALUE", $"Duplicate external id specified: {externalId}", idField);
        if (record.ContainsKey("Id")) return new SalesforceError(400, "INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an upsert by external id", "Id");
        if (faults.TakeForRecord(SandboxSystem.Salesforce, externalId) is { } refused)
            return new SalesforceError(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", refused.Message ?? "This record breaks a validation rule.");
        return type.Fault(Fields(record), store.Find(Key(externalId)) is null, id => store.FindById(SandboxSystem.Salesforce, id) is not null);
    }

    private static Func<StoredRecord?, JsonObject?> Change(JsonObject record) => before =>
    {
        var after = (JsonObject?)before?.Document.DeepClone() ?? [];
        foreach (var (name, value) in Fields(record)) after[name] = value?.DeepClone();
        return after;
    };

    private static JsonObject Fields(JsonObject record)
    {
        var fields = (JsonObject)record.DeepClone();
        fields.Remove("attributes");
        return fields;
    }
}
