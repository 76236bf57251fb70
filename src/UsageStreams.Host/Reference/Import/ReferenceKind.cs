namespace UsageStreams.Host.Reference.Import;

/// <summary>What a file of reference data holds: its columns, and where a JSON line keeps what are rows in a CSV file.</summary>
/// <param name="Name">tenants, accounts, contracts or products.</param>
/// <param name="Required">Columns every file has; id comes first.</param>
/// <param name="Optional">Columns that may be left out, and whose cells may be empty.</param>
/// <param name="Nested">The array of a JSON object whose elements are rows.</param>
internal sealed record ReferenceKind(string Name, string[] Required, string[] Optional, string Nested)
{
    public static readonly ReferenceKind Tenants = new("tenants", ["id", "account", "from"], ["to"], "assignments");

    public static readonly ReferenceKind Accounts = new(
        "accounts", ["id", "name", "legalEntity", "soldTo", "billTo", "crmAccount", "contracts"], ["parent", "mergedInto", "mergedFrom", "from", "to"], "versions");

    public static readonly ReferenceKind Contracts = new(
        "contracts", ["id", "account", "from", "currency", "zone", "anchorDay", "metric", "item", "included", "unitPrice"],
        ["to", "currencyDigits", "lockDays", "product"], "lines");

    public static readonly ReferenceKind Products = new("products", ["id", "name", "sku", "from"], ["to"], "skus");

    public static readonly ReferenceKind[] All = [Tenants, Accounts, Contracts, Products];

    /// <summary>Required and optional columns, in the order they are written in.</summary>
    public IEnumerable<string> Columns => Required.Concat(Optional);

    /// <summary>The kind of this name.</summary>
    public static ReferenceKind Named(string name) => All.Single(kind => kind.Name == name);

    /// <summary>The kind that a file's name begins with (tenants.csv, contracts-2026.jsonl), or null.</summary>
    public static ReferenceKind? OfFile(string path)
    {
        var name = Path.GetFileName(path);
        return Array.Find(All, kind => name.StartsWith(kind.Name, StringComparison.OrdinalIgnoreCase)
            && name.Length > kind.Name.Length && !char.IsLetterOrDigit(name[kind.Name.Length]));
    }
}
