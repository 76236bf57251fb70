using UsageStreams.Model;
using UsageStreams.Topology.Metering;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace UsageStreams.Host.Catalogue;

/// <summary>The metrics that a folder of files describes, and what is wrong with them.</summary>
/// <param name="Entries">The versions that could be read, by code and version; ends are filled in.</param>
/// <param name="Faults">What is wrong, and what is worth a look.</param>
internal sealed record CatalogueFiles(IReadOnlyList<MetricEntry> Entries, IReadOnlyList<CatalogueFault> Faults)
{
    private const long LongestFile = 1 << 20;

    /// <summary>Whether the files can be published.</summary>
    public bool AreSound => Faults.All(static fault => fault.IsNote);

    /// <summary>The metrics.</summary>
    public IEnumerable<Metric> Metrics => Entries.Select(static entry => entry.Metric);

    /// <summary>Reads a folder's files that end in .yaml or .yml.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="dedupWindow">How long identities of events are remembered; null for the default.</param>
    /// <exception cref="HostException">There is no such folder, or it holds none.</exception>
    public static CatalogueFiles Read(string folder, TimeSpan? dedupWindow = null)
    {
        if (!Directory.Exists(folder))
            throw new HostException(ExitCodes.Usage, $"There is no folder {folder}. Name the folder of the metric files.");
        var files = Directory.EnumerateFiles(folder).Where(static file => Path.GetExtension(file) is ".yaml" or ".yml").Order(StringComparer.Ordinal).ToList();
        if (files.Count == 0)
            throw new HostException(ExitCodes.Usage, $"The folder {folder} holds no file that ends in .yaml or .yml. Name the folder of the metric files.");
        return Read(files.Select(static file => (file, new Func<string>(() => ReadFile(file)))), dedupWindow);
    }

    /// <summary>Reads texts.</summary>
    /// <param name="files">Names for faults, and what gives the texts.</param>
    /// <param name="dedupWindow">How long identities of events are remembered; null for the default.</param>
    public static CatalogueFiles Read(IEnumerable<(string Name, Func<string> Text)> files, TimeSpan? dedupWindow = null)
    {
        List<CatalogueFault> faults = [];
        List<MetricEntry> entries = [];
        foreach (var (name, text) in files)
            entries.AddRange(Parse(name, text, faults));
        var ended = new CatalogueRules(dedupWindow ?? MeteringOptions.DefaultDedupWindow).Check(entries, faults);
        return new CatalogueFiles(ended, [.. faults.OrderBy(static fault => fault.File, StringComparer.Ordinal).ThenBy(static fault => fault.Line)]);
    }

    private static string ReadFile(string file)
    {
        if (new FileInfo(file).Length is var length && length > LongestFile)
            throw new IOException($"the file has {length} bytes, a metric's file has at most {LongestFile}");
        return File.ReadAllText(file);
    }

    private static IReadOnlyList<MetricEntry> Parse(string name, Func<string> text, List<CatalogueFault> faults)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text()));
        }
        catch (YamlException error)
        {
            faults.Add(new CatalogueFault(name, YamlFields.LineOf(error.Start), $"this is no YAML: {error.Message}"));
            return [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            faults.Add(new CatalogueFault(name, 1, $"the file can't be read: {error.Message}"));
            return [];
        }

        if (stream.Documents is [{ RootNode: YamlMappingNode root }])
            return new MetricYaml(name, faults).Read(root);
        faults.Add(new CatalogueFault(name, 1, "a file describes one metric: 'metric' and 'versions' at the top, in one YAML document"));
        return [];
    }
}
