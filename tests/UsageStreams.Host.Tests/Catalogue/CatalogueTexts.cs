using UsageStreams.Host.Catalogue;
using UsageStreams.Model;

namespace UsageStreams.Host.Tests.Catalogue;

/// <summary>Catalogue files as text.</summary>
internal static class CatalogueTexts
{
    /// <summary>A file of one metric, with as many versions as there are texts of further fields; these take the place of the usual ones.</summary>
    public static string File(string code, params string[] versions) => $"metric: {code}\nversions:\n" + string.Concat(versions.Select((fields, index) => Version(index + 1, fields)));

    public static CatalogueFiles Read(params string[] texts) => CatalogueFiles.Read(texts.Select(static (text, index) => ($"file{index + 1}.yaml", new Func<string>(() => text))));

    /// <summary>The metrics of sound files.</summary>
    public static IReadOnlyList<Metric> Metrics(params string[] texts)
    {
        var files = Read(texts);
        files.Faults.Where(static fault => !fault.IsNote).ShouldBeEmpty();
        return [.. files.Metrics];
    }

    private static string Version(int number, string fields)
    {
        var all = new List<KeyValuePair<string, string>>
        {
            new("version", number.ToString(System.Globalization.CultureInfo.InvariantCulture)), new("from", $"{1999 + number}-01-01"), new("description", "What it measures."), new("owner", "finance"), new("events", "[http.request]"),
            new("aggregation", "count"), new("unit", "call"), new("window", "hour"), new("grace", "10m"), new("lateness", "44d"),
        };
        foreach (var field in fields.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (name, value) = (field[..field.IndexOf(':', StringComparison.Ordinal)], field[(field.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
            var at = all.FindIndex(known => known.Key == name);
            if (at >= 0)
                all[at] = new(name, value);
            else
                all.Add(new(name, value));
        }

        return "  - " + string.Join("\n    ", all.Where(static field => field.Value != "-").Select(static field => $"{field.Key}: {field.Value}")) + "\n";
    }
}
