using UsageStreams.Model;

namespace UsageStreams.Oracle.Naive;

/// <summary>A window's number, from all its events at once.</summary>
internal static class Aggregates
{
    /// <summary>The quantity of a window.</summary>
    /// <param name="metric">What is counted.</param>
    /// <param name="events">All events of the window that count.</param>
    /// <param name="start">Start of the window, Unix ms.</param>
    /// <param name="end">Its end.</param>
    public static decimal Of(Metric metric, IReadOnlyList<Arrived> events, long start, long end) => events.Count == 0 ? 0 : metric.Aggregation switch
    {
        Aggregation.Count => events.Count,
        Aggregation.Sum => events.Sum(record => NaiveValues.Number(metric, record.Event!)),
        Aggregation.Max => events.Max(record => NaiveValues.Number(metric, record.Event!)),
        Aggregation.Min => events.Min(record => NaiveValues.Number(metric, record.Event!)),
        Aggregation.Last => NaiveValues.Number(metric, InOrder(events).Last().Event!),
        Aggregation.Unique => events.Select(record => NaiveValues.Member(metric, record.Event!)).Distinct(StringComparer.Ordinal).Count(),
        Aggregation.TimeWeighted => Math.Round(
            events.GroupBy(static record => (record.Event!.Tenant, record.IsAstray)).Sum(tenant => Held(metric, InOrder(tenant), end)) / (end - start), 9, MidpointRounding.AwayFromZero),
        _ => throw new InvalidOperationException($"The oracle knows no aggregation '{metric.Aggregation}'."),
    };

    /// <summary>Sum of values times the ms they hold: until the next one's time, the last until the window's end.</summary>
    private static decimal Held(Metric metric, List<Arrived> events, long end)
    {
        var sum = 0m;
        for (var index = 0; index < events.Count; index++)
        {
            var until = index + 1 < events.Count ? events[index + 1].Time : end;
            sum += NaiveValues.Number(metric, events[index].Event!) * (until - events[index].Time);
        }

        return sum;
    }

    // Of events of the same time the one with the larger identity is the later.
    private static List<Arrived> InOrder(IEnumerable<Arrived> events) =>
        [.. events.OrderBy(static record => record.Time).ThenBy(static record => Identity.Of(record.Event!).Digest())];
}
