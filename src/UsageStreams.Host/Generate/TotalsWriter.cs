using System.Globalization;
using System.Text;
using System.Text.Json;

namespace UsageStreams.Host.Generate;

/// <summary>Says what a load was made of.</summary>
internal static class TotalsWriter
{
    /// <summary>A page for people.</summary>
    public static string Text(GeneratedTotals totals) => string.Join('\n', Figures(totals).Select(static figure =>
        string.Create(CultureInfo.InvariantCulture, $"{figure.Name,-16}{figure.Value,16:N0}"))) + "\n";

    /// <summary>One JSON object.</summary>
    public static string Json(GeneratedTotals totals)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in Figures(totals))
                writer.WriteNumber(name, value);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static IEnumerable<(string Name, decimal Value)> Figures(GeneratedTotals totals) =>
    [
        ("records", totals.Records),
        ("events", totals.Of(GeneratedKind.Event)),
        ("duplicate", totals.Of(GeneratedKind.Duplicate)),
        ("unknown-tenant", totals.Of(GeneratedKind.UnknownTenant)),
        ("undecodable", totals.Of(GeneratedKind.Undecodable)),
        ("invalid", totals.Of(GeneratedKind.Invalid)),
        ("conflict", totals.Of(GeneratedKind.Conflict)),
        ("retraction", totals.Of(GeneratedKind.Retraction)),
        ("late", totals.Late),
        ("out-of-order", totals.OutOfOrder),
        ("api.calls", totals.ApiCalls),
        ("bytes.out", totals.BytesOut),
        ("active.users", totals.ActiveUsers),
    ];
}
