using System.IO.Compression;
using System.Text.Json;

namespace UsageStreams.Avro.Tests;

/// <summary>Test data of Apache Avro beside the test assembly.</summary>
internal static class VectorFiles
{
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([AppContext.BaseDirectory, "Vectors", .. parts]);

    public static IEnumerable<JsonElement> Lines(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(PathOf(file)), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
            yield return JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 256 }).RootElement;
    }

    /// <summary>The cases of a schema-tests.txt, a dictionary of keys each.</summary>
    public static IEnumerable<IReadOnlyDictionary<string, string>> Cases(string file)
    {
        var current = new Dictionary<string, string>();
        var lines = File.ReadLines(PathOf(file)).GetEnumerator();
        while (lines.MoveNext())
        {
            if (!lines.Current.StartsWith("<<", StringComparison.Ordinal))
                continue;
            var (key, value) = ReadEntry(lines);
            if (key == "INPUT" && current.Count > 0)
            {
                yield return current;
                current = [];
            }

            current[key] = value;
        }

        yield return current;
    }

    private static (string Key, string Value) ReadEntry(IEnumerator<string> lines)
    {
        var header = lines.Current[2..];
        var space = header.IndexOf(' ', StringComparison.Ordinal);
        if (space > 0)
            return (header[..space], header[(space + 1)..]);
        var text = new List<string>();
        while (lines.MoveNext() && lines.Current != header)
            text.Add(lines.Current);
        return (header, string.Join('\n', text));
    }
}
