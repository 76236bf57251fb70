using System.Diagnostics.CodeAnalysis;

namespace UsageStreams.Model;

/// <summary>Versions of metrics, made ready to judge events, by the types of the events they look at. Immutable.</summary>
public sealed class MetricCatalogue
{
    private readonly Dictionary<string, MetricRule[]> _byType = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Code, int Version), MetricRule> _byVersion = [];

    /// <summary>Makes versions ready.</summary>
    /// <param name="metrics">The versions; each code and version once.</param>
    /// <exception cref="ModelException">A version is there twice, or can't be made ready.</exception>
    public MetricCatalogue(IEnumerable<Metric> metrics)
    {
        Rules = [.. metrics.Select(static metric => new MetricRule(metric)).OrderBy(static rule => rule.Code, StringComparer.Ordinal).ThenBy(static rule => rule.Version)];
        foreach (var rule in Rules)
        {
            if (!_byVersion.TryAdd((rule.Code, rule.Version), rule))
                throw new ModelException($"Metric {rule.Code}@{rule.Version} is in the catalogue twice; a version is named once.");
        }

        foreach (var type in Rules.SelectMany(static rule => rule.EventTypes).Distinct(StringComparer.Ordinal))
            _byType.Add(type, [.. Rules.Where(rule => rule.KnowsType(type))]);
    }

    /// <summary>No metrics.</summary>
    public static MetricCatalogue Empty { get; } = new([]);

    /// <summary>All versions, by code and version.</summary>
    public IReadOnlyList<MetricRule> Rules { get; }

    /// <summary>Whether any version looks at events of a type, at any time.</summary>
    public bool KnowsType(string type) => _byType.ContainsKey(type);

    /// <summary>The versions that look at events of a type, by code and version; empty when none does.</summary>
    public ReadOnlySpan<MetricRule> OfType(string type) => _byType.TryGetValue(type, out var rules) ? rules : [];

    /// <summary>Looks a version up.</summary>
    public bool TryFind(string code, int version, [NotNullWhen(true)] out MetricRule? rule) => _byVersion.TryGetValue((code, version), out rule);
}
