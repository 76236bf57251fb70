using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>The metric catalogue as rules, made anew when the table has changed.</summary>
internal sealed class MetricRules(TableView<string, Metric> metrics)
{
    private MetricRule[] _rules = [];
    private long _version = -1;

    /// <summary>Every version of every metric.</summary>
    public MetricRule[] All()
    {
        if (metrics.Version == _version) return _rules;
        _version = metrics.Version;
        _rules = [.. metrics.All.Select(entry => new MetricRule(entry.Value)).OrderBy(rule => rule.Code, StringComparer.Ordinal).ThenBy(rule => rule.Version)];
        return _rules;
    }

    /// <summary>Whether any metric looks at events of a type.</summary>
    public bool KnowType(string type)
    {
        foreach (var rule in All())
        {
            if (rule.KnowsType(type)) return true;
        }

        return false;
    }

    /// <summary>The rule of a metric version.</summary>
    /// <exception cref="ModelException">The catalogue has lost it: metric versions are superseded, never deleted.</exception>
    public MetricRule Find(string code, int version)
    {
        foreach (var rule in All())
        {
            if (rule.Version == version && string.Equals(rule.Code, code, StringComparison.Ordinal)) return rule;
        }

        throw new ModelException($"Metric {code}@{version} is not in the catalogue, though usage was counted by it; publish it to the metrics topic again.");
    }
}
