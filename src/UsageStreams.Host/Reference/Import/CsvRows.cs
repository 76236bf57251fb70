using System.Text;

namespace UsageStreams.Host.Reference.Import;

/// <summary>The rows of a CSV file, whose header names its columns.</summary>
internal static class CsvRows
{
    public static IEnumerable<ReferenceRow> Read(Stream stream, string file, ReferenceKind kind, ImportFaults faults)
    {
        using var text = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
        var csv = new CsvReader(text);
        if (Next(csv, file, faults) is not { } header)
        {
            if (csv.Line == 0)
                faults.Add(new Place(file, 1), $"the file is empty; its first line names the columns: {string.Join(',', kind.Columns)}.");
            yield break;
        }

        if (Columns(header, new Place(file, csv.Line), kind, faults) is not { } columns)
            yield break;
        while (Next(csv, file, faults) is { } cells)
        {
            var place = new Place(file, csv.Line);
            if (cells.Length == header.Length)
                yield return new ReferenceRow(columns, cells, place, faults);
            else
                faults.Add(place, FormattableString.Invariant($"the row has {cells.Length} fields, the header {header.Length}; a field with a comma is put in double quotes."));
        }
    }

    private static string[]? Next(CsvReader csv, string file, ImportFaults faults)
    {
        try
        {
            return csv.Read();
        }
        catch (FormatException error)
        {
            faults.Add(new Place(file, Math.Max(1, csv.Line)), error.Message + " What follows was not read.");
        }
        catch (DecoderFallbackException)
        {
            faults.Add(new Place(file, csv.Line + 1), "at or soon after this line stand bytes that are no UTF-8; save the file as UTF-8. What follows was not read.");
        }

        return null;
    }

    private static Dictionary<string, int>? Columns(string[] header, Place place, ReferenceKind kind, ImportFaults faults)
    {
        var before = faults.Count;
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var index = 0; index < header.Length; index++)
        {
            if (!kind.Columns.Contains(header[index], StringComparer.Ordinal))
                faults.Add(place, $"there is no column '{header[index]}' in {kind.Name}; its columns are {string.Join(',', kind.Columns)}.");
            else if (!columns.TryAdd(header[index], index))
                faults.Add(place, $"column '{header[index]}' stands there twice.");
        }

        foreach (var missing in kind.Required.Where(column => !columns.ContainsKey(column)))
            faults.Add(place, $"column '{missing}' is missing; {kind.Name} need {string.Join(',', kind.Required)}.");
        return faults.Count == before ? columns : null;
    }
}
