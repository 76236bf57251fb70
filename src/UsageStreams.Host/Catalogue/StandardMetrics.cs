using UsageStreams.Model;

namespace UsageStreams.Host.Catalogue;

/// <summary>The metrics of imported and generated usage: the files of the repository's folder <c>metrics</c>, which the command carries within it.</summary>
internal static class StandardMetrics
{
    private const string Prefix = "metrics/";

    private static readonly Lazy<IReadOnlyList<Metric>> Read = new(static () =>
    {
        var assembly = typeof(StandardMetrics).Assembly;
        var names = assembly.GetManifestResourceNames().Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        var files = CatalogueFiles.Read(names.Select(name => (name, new Func<string>(() =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return reader.ReadToEnd();
        }))));
        if (!files.AreSound)
            throw new HostException(ExitCodes.Failed, "The metrics that come with this command are wrong; build it again from files that 'usagestreams catalog check metrics' accepts: " + string.Join(" ", files.Faults));
        return [.. files.Metrics.Select(static metric => metric with { Actor = "usagestreams", Reason = "standard metrics" })];
    });

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Metric> All => Read.Value;
}
