using System.Globalization;
using System.Text.Json;
using UsageStreams.Host.Import;

namespace UsageStreams.Host.Reference.Import;

/// <summary>
/// The rows of a file of JSON lines: one object on each line, its fields the columns of the CSV file; what are several rows there is an array here
/// (assignments, versions, lines, skus), whose elements hold what the rows differ in.
/// </summary>
internal static class JsonRows
{
    private const string ListSeparator = ";";
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static IEnumerable<ReferenceRow> Read(Stream stream, string file, ReferenceKind kind, ImportFaults faults)
    {
        var columns = kind.Columns.Select(static (column, index) => (column, index)).ToDictionary(static pair => pair.column, static pair => pair.index, StringComparer.Ordinal);
        using var lines = new LineReader(stream);
        while (TryRead(lines, out var line))
        {
            if (line.Length == 0)
                continue;
            var place = new Place(file, lines.LineNumber);
            if (lines.TooLong)
                faults.Add(place, FormattableString.Invariant($"the line is longer than {LineReader.DefaultMaxLineBytes} bytes."));
            else
                foreach (var cells in Cells(line, place, kind, columns, faults))
                    yield return new ReferenceRow(columns, cells, place, faults);
        }
    }

    private static bool TryRead(LineReader lines, out byte[] line)
    {
        var found = lines.TryRead(out var bytes);
        line = bytes.ToArray();
        return found;
    }

    private static List<string[]> Cells(byte[] line, Place place, ReferenceKind kind, Dictionary<string, int> columns, ImportFaults faults)
    {
        var rows = new List<string[]>();
        try
        {
            using var document = JsonDocument.Parse(line, Strict);
            var shared = Empty(columns.Count);
            var nested = default(JsonElement);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.NameEquals(kind.Nested))
                    nested = property.Value;
                else
                    Put(shared, property, columns);
            }

            if (nested.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null || nested.GetArrayLength() == 0)
                rows.Add(shared);
            else
                rows.AddRange(nested.EnumerateArray().Select(element => Overlay(shared, element, columns)));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            faults.Add(place, $"the line is no JSON object of {kind.Name}: {error.Message}");
            rows.Clear();
        }

        return rows;
    }

    private static string[] Overlay(string[] shared, JsonElement element, Dictionary<string, int> columns)
    {
        string[] row = [.. shared];
        foreach (var property in element.EnumerateObject())
            Put(row, property, columns);
        return row;
    }

    private static void Put(string[] row, JsonProperty property, Dictionary<string, int> columns)
    {
        if (property.NameEquals("mergedInto") && property.Value.ValueKind == JsonValueKind.Object && columns.ContainsKey("mergedFrom"))
        {
            foreach (var part in property.Value.EnumerateObject())
                row[columns[part.Name switch { "account" => "mergedInto", "from" => "mergedFrom", _ => throw Unknown("mergedInto." + part.Name) }]] = Text(part);
            return;
        }

        if (!columns.TryGetValue(property.Name, out var index))
            throw Unknown(property.Name);
        row[index] = property.Value.ValueKind == JsonValueKind.Array ? List(property) : Text(property);
    }

    private static string List(JsonProperty property)
    {
        var texts = property.Value.EnumerateArray().Select(static element => element.GetString() ?? "").ToList();
        return texts.Exists(static text => text.Contains(ListSeparator, StringComparison.Ordinal))
            ? throw new FormatException($"an element of '{property.Name}' holds '{ListSeparator}', which separates them.")
            : string.Join(ListSeparator, texts);
    }

    private static string Text(JsonProperty property) => property.Value.ValueKind switch
    {
        JsonValueKind.String => property.Value.GetString()!,
        JsonValueKind.Number => property.Value.GetRawText(),
        JsonValueKind.Null => "",
        var kind => throw new FormatException($"'{property.Name}' is {kind.ToString().ToLower(CultureInfo.InvariantCulture)}; text, a number or null is expected."),
    };

    private static FormatException Unknown(string name) => new($"there is no field '{name}'.");

    private static string[] Empty(int length)
    {
        var row = new string[length];
        Array.Fill(row, "");
        return row;
    }
}
