using System.Globalization;

namespace UsageStreams.Model;

/// <summary>A metric's version, made ready to judge events: what it counts, from which of them, in which window.</summary>
public sealed class MetricRule
{
    private readonly Metric _metric;
    private readonly HashSet<string> _types;
    private readonly long _windowMillis;

    /// <summary>Makes a metric ready.</summary>
    public MetricRule(Metric metric)
    {
        _metric = metric;
        _types = new HashSet<string>(metric.EventTypes, StringComparer.Ordinal);
        _windowMillis = WindowMillis(metric.Window);
    }

    /// <summary>The metric's code.</summary>
    public string Code => _metric.Code;

    /// <summary>The metric's version.</summary>
    public int Version => _metric.Version;

    /// <summary>How the events of a window become one number.</summary>
    public Aggregation Aggregation => _metric.Aggregation;

    /// <summary>How long after its end a window waits for events, in milliseconds of event time.</summary>
    public long GraceMillis => _metric.GraceMillis;

    /// <summary>Length of a window, in milliseconds.</summary>
    public long Window => _windowMillis;

    /// <summary>Length of a window, in milliseconds; windows start at whole multiples of it since 1970, UTC.</summary>
    public static long WindowMillis(MetricWindow window) => window switch
    {
        MetricWindow.Hour => 3_600_000,
        MetricWindow.Day => 86_400_000,
        _ => throw new ModelException($"Metric window '{window}' is unknown; use hour or day."),
    };

    /// <summary>Whether the metric looks at events of a type at all, at any time.</summary>
    public bool KnowsType(string type) => _types.Contains(type);

    /// <summary>Whether the metric, as of the event's time, counts it.</summary>
    public bool Matches(UsageEvent usage)
    {
        if (!_types.Contains(usage.Type) || !Effective.Covers(_metric.From, _metric.To, usage.Time)) return false;
        foreach (var condition in _metric.Conditions)
        {
            if (!Holds(condition, usage)) return false;
        }

        return true;
    }

    /// <summary>Start of the window an instant lies in, Unix milliseconds.</summary>
    public long WindowStart(long time) => time - (((time % _windowMillis) + _windowMillis) % _windowMillis);

    private static bool Holds(PropertyCondition condition, UsageEvent usage)
    {
        if (!usage.Properties.TryGetValue(condition.Property, out var value)) return false;
        if (condition.OneOf is not null && !condition.OneOf.Contains(value, StringComparer.Ordinal)) return false;
        if (condition.AtLeast is null && condition.Below is null) return true;
        return decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && (condition.AtLeast is not { } least || number >= least)
            && (condition.Below is not { } below || number < below);
    }
}
