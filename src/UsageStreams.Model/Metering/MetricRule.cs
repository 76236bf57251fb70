using System.Diagnostics.CodeAnalysis;

namespace UsageStreams.Model;

/// <summary>
/// A metric's version, made ready to judge events: which of them it takes, what of them it aggregates, in which window. Judging allocates nothing;
/// a rule is shared by threads.
/// </summary>
public sealed class MetricRule
{
    private readonly string[] _types;
    private readonly EventFilter _filter;
    private readonly ValueSelector _value;

    /// <summary>Makes a metric ready.</summary>
    /// <exception cref="ModelException">Its filter or its value can't be read, or the value doesn't fit the aggregation.</exception>
    public MetricRule(Metric metric)
    {
        Metric = metric;
        _types = [.. metric.EventTypes];
        Window = WindowMillis(metric.Window);
        From = metric.From.ToUnixTimeMilliseconds();
        To = metric.To?.ToUnixTimeMilliseconds() ?? long.MaxValue;
        try
        {
            _filter = EventFilter.Parse(metric.Filter);
            _value = ValueSelector.Parse(metric.Value);
        }
        catch (ModelException error)
        {
            throw new ModelException($"Metric {metric.Code}@{metric.Version}: {error.Message} Publish a version that is right; usagestreams catalog check finds such faults beforehand.");
        }

        if (!Fits(metric.Aggregation, _value))
            throw new ModelException($"Metric {metric.Code}@{metric.Version}: {metric.Aggregation} can't aggregate {_value}; publish a version with another value or aggregation.");
    }

    /// <summary>The metric.</summary>
    public Metric Metric { get; }

    /// <summary>The metric's code.</summary>
    public string Code => Metric.Code;

    /// <summary>The metric's version.</summary>
    public int Version => Metric.Version;

    /// <summary>How the events of a window become one number.</summary>
    public Aggregation Aggregation => Metric.Aggregation;

    /// <summary>First instant the version holds, Unix milliseconds.</summary>
    public long From { get; }

    /// <summary>First instant it holds no more, Unix milliseconds; <see cref="long.MaxValue"/> while it lasts.</summary>
    public long To { get; }

    /// <summary>How long after its end a window waits for events, in milliseconds of event time.</summary>
    public long GraceMillis => Metric.GraceMillis;

    /// <summary>How far an event may lie back from its arrival to be counted, in milliseconds; negative: however far.</summary>
    public long LatenessMillis => Metric.LatenessMillis;

    /// <summary>Length of a window, in milliseconds.</summary>
    public long Window { get; }

    /// <summary>Event types it looks at.</summary>
    public IReadOnlyList<string> EventTypes => _types;

    /// <summary>Length of a window, in milliseconds; windows start at whole multiples of it since 1970, UTC.</summary>
    /// <exception cref="ModelException">The window is none of the model's.</exception>
    public static long WindowMillis(MetricWindow window) => window switch
    {
        MetricWindow.Hour => 3_600_000,
        MetricWindow.Day => 86_400_000,
        _ => throw new ModelException($"Metric window '{window}' is unknown; use hour or day."),
    };

    /// <summary>Whether an aggregation can work on a value: numbers for all but <c>unique</c>, which takes members; <c>count</c> looks at no value.</summary>
    public static bool Fits(Aggregation aggregation, ValueSelector value) => aggregation switch
    {
        Aggregation.Count => true,
        Aggregation.Unique => value.CanBeMember,
        _ => value.CanBeNumber,
    };

    /// <summary>Whether the metric looks at events of a type at all, at any time.</summary>
    public bool KnowsType(string type)
    {
        foreach (var known in _types)
        {
            if (string.Equals(known, type, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    /// <summary>Whether the version holds at an instant, Unix milliseconds.</summary>
    public bool Covers(long time) => From <= time && time < To;

    /// <summary>
    /// Whether the metric counts an event that came in time: the version holds as of the event's time, the type is one of its types, the filter
    /// holds, and the event has the value that is aggregated.
    /// </summary>
    public bool Takes(in MetricEvent usage) => Covers(usage.Time) && KnowsType(usage.Type) && _filter.Holds(usage) && HasValue(usage);

    /// <summary>Whether both count every event of a time at which both hold, and in the same way.</summary>
    public bool CountsAs(MetricRule other) =>
        Code == other.Code && Aggregation == other.Aggregation && Window == other.Window && LatenessMillis == other.LatenessMillis
        && _filter.ToString() == other._filter.ToString() && (Aggregation == Aggregation.Count || _value.ToString() == other._value.ToString())
        && _types.Length == other._types.Length && Array.TrueForAll(_types, other.KnowsType);

    /// <summary>What becomes of an event under this metric.</summary>
    /// <param name="usage">The event.</param>
    /// <param name="arrival">When it came: its record's timestamp on Kafka, Unix milliseconds.</param>
    public MetricVerdict Judge(in MetricEvent usage, long arrival)
    {
        if (!Takes(usage)) return MetricVerdict.NotTaken;
        return LatenessMillis >= 0 && arrival - usage.Time > LatenessMillis ? MetricVerdict.TooLate : MetricVerdict.Taken;
    }

    /// <summary>Whether the metric, as of the event's time, counts it.</summary>
    public bool Matches(UsageEvent usage) => Takes(MetricEvent.Of(usage));

    /// <summary>What an event adds to a sum, or the number of it that is compared: 1 for <c>count</c>, the value otherwise.</summary>
    /// <returns>False when the event has no such number; the metric doesn't take it then. Always false for <c>unique</c>.</returns>
    public bool TryNumber(in MetricEvent usage, out decimal number)
    {
        number = 1;
        if (Aggregation == Aggregation.Count) return true;
        number = 0;
        return Aggregation != Aggregation.Unique && _value.TryNumber(usage, out number);
    }

    /// <summary>The member an event adds to the set of <c>unique</c>.</summary>
    /// <returns>False when the event has none; the metric doesn't take it then. Always false for other aggregations.</returns>
    public bool TryMember(in MetricEvent usage, [NotNullWhen(true)] out string? member)
    {
        member = null;
        return Aggregation == Aggregation.Unique && _value.TryMember(usage, out member);
    }

    /// <summary>Start of the window an instant lies in, Unix milliseconds.</summary>
    public long WindowStart(long time) => time - (((time % Window) + Window) % Window);

    private bool HasValue(in MetricEvent usage) => Aggregation == Aggregation.Unique ? TryMember(usage, out _) : TryNumber(usage, out _);
}

/// <summary>What becomes of an event under a metric.</summary>
public enum MetricVerdict
{
    /// <summary>The metric doesn't look at it: another time, type or filter, or no value.</summary>
    NotTaken,

    /// <summary>It is counted.</summary>
    Taken,

    /// <summary>The metric would count it, but it lies further back from its arrival than the metric's lateness allows.</summary>
    TooLate,
}
