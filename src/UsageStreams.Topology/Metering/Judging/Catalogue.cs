using UsageStreams.Model;

namespace UsageStreams.Topology.Metering.Judging;

/// <summary>Metric versions made ready to judge events; immutable.</summary>
internal sealed class Catalogue
{
    private static readonly MetricRule[] Nothing = [];
    private readonly Dictionary<string, MetricRule[]> _byType;

    public Catalogue(IEnumerable<Metric> metrics)
    {
        Metrics = [.. metrics.OrderBy(static metric => metric.Code, StringComparer.Ordinal).ThenBy(static metric => metric.Version)];
        var rules = Metrics.Select(static metric => (Metric: metric, Rule: new MetricRule(metric))).ToList();
        _byType = rules
            .SelectMany(static one => one.Metric.EventTypes.Distinct(StringComparer.Ordinal), static (one, type) => (Type: type, one.Rule))
            .GroupBy(static one => one.Type, StringComparer.Ordinal)
            .ToDictionary(static type => type.Key, static type => type.Select(static one => one.Rule).ToArray(), StringComparer.Ordinal);
    }

    /// <summary>No metrics.</summary>
    public static Catalogue Empty { get; } = new([]);

    /// <summary>All versions, by code and version.</summary>
    public IReadOnlyList<Metric> Metrics { get; }

    /// <summary>The versions that look at a type, at whatever time; none when the type is unknown.</summary>
    public MetricRule[] ForType(string type) => _byType.GetValueOrDefault(type, Nothing);
}
