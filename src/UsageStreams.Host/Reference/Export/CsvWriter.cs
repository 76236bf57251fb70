using System.Buffers;

namespace UsageStreams.Host.Reference.Export;

/// <summary>Writes rows as CSV (RFC 4180).</summary>
internal static class CsvWriter
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    public static void Write(TextWriter output, IEnumerable<string?> cells)
    {
        var isFirst = true;
        foreach (var cell in cells)
        {
            if (!isFirst)
                output.Write(',');
            isFirst = false;
            output.Write(cell.AsSpan().ContainsAny(Special) ? $"\"{cell!.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell);
        }

        output.Write("\r\n");
    }
}
