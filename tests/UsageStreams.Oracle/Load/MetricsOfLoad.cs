using UsageStreams.Model;

namespace UsageStreams.Oracle.Load;

/// <summary>The metrics of a load, as they are published.</summary>
internal static class MetricsOfLoad
{
    public const string Calls = "api.calls";
    public const string Bytes = "bytes.out";
    public const string Users = "active.users";
    public const string Average = "seats.average";
    public const string Jobs = "jobs.run";

    /// <summary>Those that hold from the beginning.</summary>
    public static IEnumerable<Metric> Initial(LoadClock clock, Features features)
    {
        yield return Metric(clock, Calls, Aggregation.Count, EventMaker.Request) with { Filter = "status >= 200 and status < 400" };
        yield return Metric(clock, Bytes, Aggregation.Sum, EventMaker.Request) with { LatenessMillis = TightLateness(clock, features, 10) };
        var isDependent = features.HasFlag(Features.Dependent);
        if (isDependent) yield return Metric(clock, Users, Aggregation.Unique, EventMaker.Request) with { Value = "user" };
        if (!features.HasFlag(Features.Aggregations)) yield break;
        yield return Metric(clock, Average, Aggregation.TimeWeighted, EventMaker.Gauge) with { LatenessMillis = TightLateness(clock, features, 8) };
        if (!isDependent) yield break;
        yield return Metric(clock, "seats.max", Aggregation.Max, EventMaker.Gauge) with { Window = MetricWindow.Day };
        yield return Metric(clock, "seats.min", Aggregation.Min, EventMaker.Gauge) with { LatenessMillis = TightLateness(clock, features, 8) };
        yield return Metric(clock, "seats.last", Aggregation.Last, EventMaker.Gauge) with { LatenessMillis = TightLateness(clock, features, 8) };
        yield return Metric(clock, "workspaces", Aggregation.Unique, EventMaker.Gauge) with { Value = "workspace", Window = MetricWindow.Day };
    }

    /// <summary>The metric for jobs, which comes when jobs wait for it.</summary>
    public static Metric OfJobs(LoadClock clock) => Metric(clock, Jobs, Aggregation.Count, EventMaker.Job);

    /// <summary>A version that counts another way: only some feature's bytes, by the day.</summary>
    public static Metric NextBytes(Metric before, long from) => before with
    {
        Version = before.Version + 1,
        From = LoadClock.Time(from),
        To = null,
        Window = before.Window == MetricWindow.Hour ? MetricWindow.Day : MetricWindow.Hour,
        Filter = before.Filter.Length > 0 ? string.Empty : "feature in (\"search\", \"export\")",
    };

    // The default: 45 days of deduplication, less an hour's skew, rounded down to days.
    private const long MostLateness = 44 * LoadClock.Day;

    private static long TightLateness(LoadClock clock, Features features, int part) =>
        features.HasFlag(Features.TooLate) && !features.HasFlag(Features.Months) ? clock.Span / part : MostLateness;

    private static Metric Metric(LoadClock clock, string code, Aggregation aggregation, string type) => new()
    {
        Code = code,
        Version = 1,
        From = LoadClock.Time(clock.LongBefore),
        EventTypes = [type],
        Aggregation = aggregation,
        Unit = "unit",
        Window = MetricWindow.Hour,
        GraceMillis = 10 * LoadClock.Minute,
        Owner = "finance",
    };
}
