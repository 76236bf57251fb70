using UsageStreams.Model;

namespace UsageStreams.Host.Catalogue;

/// <summary>A metric version as it stands in a file.</summary>
/// <param name="Metric">The version. Its end is the start of the next one of the code when the file names none.</param>
/// <param name="File">The file.</param>
/// <param name="Line">Line of the version.</param>
/// <param name="Lines">Lines of its fields.</param>
internal sealed record MetricEntry(Metric Metric, string File, int Line, IReadOnlyDictionary<string, int> Lines)
{
    /// <summary>Code and version, as keys of the topic name them.</summary>
    public string Key => KeyOf(Metric);

    /// <summary>Key of a version.</summary>
    public static string KeyOf(Metric metric) => FormattableString.Invariant($"{metric.Code}@{metric.Version}");

    /// <summary>A fault at a field, or at the version when it hasn't that field.</summary>
    public CatalogueFault Fault(string field, string text, bool isNote = false) => new(File, Lines.GetValueOrDefault(field, Line), $"{Key}: {text}", isNote);
}
