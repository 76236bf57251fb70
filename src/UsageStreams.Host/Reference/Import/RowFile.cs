namespace UsageStreams.Host.Reference.Import;

/// <summary>A file of reference data.</summary>
/// <param name="Path">Where it is, as given.</param>
/// <param name="Kind">What it holds.</param>
internal sealed record RowFile(string Path, ReferenceKind Kind)
{
    private static readonly string[] JsonEndings = [".jsonl", ".ndjson", ".json"];

    /// <summary>The file at a path.</summary>
    /// <param name="file">The file.</param>
    /// <param name="kind">What it holds; null to tell by its name.</param>
    /// <exception cref="HostException">It isn't there, or its name doesn't tell what it holds.</exception>
    public static RowFile Of(FileInfo file, ReferenceKind? kind)
    {
        var path = Files.MustExist(file);
        if (!path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) && !IsJson(path))
            throw new HostException(ExitCodes.Usage, $"{path} is neither .csv nor .jsonl; rename it after its format.");
        return new RowFile(path, kind ?? ReferenceKind.OfFile(path) ?? throw new HostException(ExitCodes.Usage,
            $"The name of {path} doesn't tell what it holds: let it begin with tenants, accounts, contracts or products, or say so with --kind."));
    }

    /// <summary>Its rows, gathered by id: those of one id stand together.</summary>
    public IEnumerable<RowGroup> Groups(ImportFaults faults)
    {
        using var stream = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        var gathered = new List<ReferenceRow>();
        foreach (var row in IsJson(Path) ? JsonRows.Read(stream, Path, Kind, faults) : CsvRows.Read(stream, Path, Kind, faults))
        {
            if (row.Must("id").Length == 0)
                continue;
            if (gathered is [var first, ..] && first.Text("id") != row.Text("id"))
            {
                yield return new RowGroup(first.Text("id"), gathered);
                gathered = [];
            }

            gathered.Add(row);
        }

        if (gathered is [var last, ..])
            yield return new RowGroup(last.Text("id"), gathered);
    }

    private static bool IsJson(string path) => Array.Exists(JsonEndings, ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
