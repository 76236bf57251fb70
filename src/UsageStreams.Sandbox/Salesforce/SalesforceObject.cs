using System.Text.Json;
using System.Text.Json.Nodes;

namespace UsageStreams.Sandbox.Salesforce;

/// <summary>A type of record the CRM knows: the prefix of its ids, its standard fields, those it can't be made without.</summary>
internal sealed record SalesforceObject(string Name, string IdPrefix, string[] Required, HashSet<string> Standard)
{
    private static readonly Dictionary<string, SalesforceObject> Known = new SalesforceObject[]
    {
        new("Account", "001", ["Name"], ["Name", "Type", "Industry", "Description", "OwnerId", "ParentId", "AccountNumber", "CurrencyIsoCode"]),
        new("Task", "00T", [], ["Subject", "Description", "WhatId", "WhoId", "OwnerId", "Priority", "Status", "ActivityDate", "Type"]),
        new("Opportunity", "006", ["Name", "StageName", "CloseDate"], ["Name", "AccountId", "StageName", "CloseDate", "Amount", "CurrencyIsoCode", "Description"]),
        new("Case", "500", [], ["Subject", "Description", "AccountId", "Priority", "Status", "Origin", "IsEscalated"]),
    }.ToDictionary(type => type.Name);

    public static SalesforceObject? Find(string name) => Known.GetValueOrDefault(name);

    public string IdOf(long number) => $"{IdPrefix}US{number:D13}";

    /// <summary>What is wrong with a record's fields, or null.</summary>
    public SalesforceError? Fault(JsonObject fields, bool creating, Func<string, bool> idExists)
    {
        foreach (var (name, value) in fields)
        {
            if (!Standard.Contains(name) && !name.EndsWith("__c", StringComparison.Ordinal))
                return new SalesforceError(400, "INVALID_FIELD", $"No such column '{name}' on sobject of type {Name}", name);
            if (name is "WhatId" or "AccountId" or "ParentId" && value is not null && !idExists(value.ToString()))
                return new SalesforceError(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", name);
            if (value?.GetValueKind() is JsonValueKind.Object or JsonValueKind.Array)
                return new SalesforceError(400, "JSON_PARSER_ERROR", $"Cannot deserialize the value of {name}", name);
        }

        string[] missing = creating ? [.. Required.Where(name => string.IsNullOrEmpty(fields[name]?.ToString()))] : [];
        return missing.Length == 0
            ? null
            : new SalesforceError(400, "REQUIRED_FIELD_MISSING", $"Required fields are missing: [{string.Join(", ", missing)}]", missing);
    }
}
