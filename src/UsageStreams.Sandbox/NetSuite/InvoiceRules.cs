using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace UsageStreams.Sandbox.NetSuite;

/// <summary>What an invoice or credit memo must be, as far as the sandbox knows: field names, references, dates, amounts.</summary>
internal static partial class InvoiceRules
{
    public const string Invoice = "invoice";
    public const string CreditMemo = "creditMemo";

    private static readonly HashSet<string> Fields =
    [
        "externalId", "entity", "subsidiary", "currency", "tranDate", "dueDate", "startDate", "endDate", "postingPeriod", "otherRefNum",
        "memo", "approvalStatus", "terms", "exchangeRate", "item",
    ];

    private static readonly HashSet<string> LineFields =
    [
        "line", "item", "quantity", "price", "rate", "amount", "description", "department", "class", "location",
    ];

    private static readonly string[] Dates = ["tranDate", "dueDate", "startDate", "endDate"];

    [GeneratedRegex("^[A-Za-z0-9_-]{1,200}$", RegexOptions.None, 1_000)]
    private static partial Regex ExternalId();

    public static bool IsExternalId(string text) => ExternalId().IsMatch(text);

    /// <summary>The first property that no invoice has, or null.</summary>
    public static string? UnknownField(JsonObject invoice)
    {
        var header = invoice.Select(field => field.Key).FirstOrDefault(name => !Fields.Contains(name) && !IsCustom(name, "custbody"));
        return header ?? Lines(invoice).OfType<JsonObject>().SelectMany(line => line)
            .Select(field => field.Key).FirstOrDefault(name => !LineFields.Contains(name) && !IsCustom(name, "custcol"));
    }

    /// <summary>A copy without the properties that no invoice has: what the real system does when names aren't checked.</summary>
    public static JsonObject Known(JsonObject invoice)
    {
        var known = (JsonObject)invoice.DeepClone();
        Strip(known, Fields, "custbody");
        foreach (var line in Lines(known).OfType<JsonObject>()) Strip(line, LineFields, "custcol");
        return known;
    }

    /// <summary>What is wrong with an invoice that is about to be kept, or null.</summary>
    public static NetSuiteError? Fault(JsonObject invoice, IReadOnlySet<string>? customers)
    {
        if (Reference(invoice["entity"]) is not { } customer) return NetSuiteError.User("Error while accessing a resource. You must enter a value for entity.", "entity");
        if (customers?.Contains(customer) == false)
            return NetSuiteError.User($"Error while accessing a resource. You have entered an Invalid Field Value {customer} for the following field: entity.", "entity");
        foreach (var name in Dates)
            if (invoice[name] is { } date && !IsDate(date)) return Invalid(name, date);
        var lines = Lines(invoice);
        if (lines.Count == 0) return NetSuiteError.User("Error while accessing a resource. You must enter at least one line item for this transaction.", "item");
        for (var i = 0; i < lines.Count; i++)
            if (LineFault(lines[i], $"item.items[{i}]") is { } fault) return fault;
        return null;
    }

    /// <summary>Sum of the lines' amounts.</summary>
    public static decimal Total(JsonObject invoice) => Lines(invoice).Sum(line => Number(line?["amount"]) ?? 0);

    public static JsonArray Lines(JsonObject invoice) => (invoice["item"] as JsonObject)?["items"] as JsonArray ?? [];

    private static NetSuiteError? LineFault(JsonNode? node, string path)
    {
        if (node is not JsonObject line || Reference(line["item"]) is null)
            return NetSuiteError.User("Error while accessing a resource. You must enter a value for item.", $"{path}.item");
        if (Number(line["amount"]) is null) return NetSuiteError.User("Error while accessing a resource. You must enter a value for amount.", $"{path}.amount");
        return line["quantity"] is { } quantity && Number(quantity) is null ? Invalid($"{path}.quantity", quantity) : null;
    }

    private static NetSuiteError Invalid(string path, JsonNode value) => NetSuiteError.User(
        $"Error while accessing a resource. You have entered an Invalid Field Value {value.ToJsonString()} for the following field: {path}.", path);

    private static bool IsCustom(string name, string prefix) => name.StartsWith(prefix, StringComparison.Ordinal);

    private static bool IsDate(JsonNode node) => node.GetValueKind() == JsonValueKind.String
        && DateOnly.TryParseExact(node.GetValue<string>(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static string? Reference(JsonNode? node) =>
        node is JsonObject reference && (reference["externalId"] ?? reference["id"]) is { } id && id.GetValueKind() == JsonValueKind.String ? id.GetValue<string>() : null;

    private static decimal? Number(JsonNode? node) =>
        node?.GetValueKind() == JsonValueKind.Number && decimal.TryParse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static void Strip(JsonObject node, HashSet<string> fields, string customPrefix)
    {
        foreach (var name in node.Select(field => field.Key).Where(name => !fields.Contains(name) && !IsCustom(name, customPrefix)).ToList()) node.Remove(name);
    }
}
