namespace UsageStreams.Model;

/// <summary>
/// A window's quantity worked out anew from its events, all at once and in the plainest way. Metering adds up as events come; that both give the
/// same is what a proof shows, so they share no code.
/// </summary>
public static class WindowQuantity
{
    /// <summary>The quantity.</summary>
    /// <param name="aggregation">How events become a number.</param>
    /// <param name="events">The events, in any order.</param>
    /// <param name="start">Start of the window, Unix milliseconds.</param>
    /// <param name="end">End of the window, Unix milliseconds.</param>
    /// <exception cref="ModelException">The aggregation is unknown.</exception>
    public static decimal Of(Aggregation aggregation, IReadOnlyCollection<CountedEvent> events, long start, long end) => aggregation switch
    {
        Aggregation.Count => events.Count,
        Aggregation.Sum => events.Sum(static one => one.Value),
        Aggregation.Unique => events.Select(static one => one.Member).Distinct(StringComparer.Ordinal).Count(),
        Aggregation.Max => events.Count == 0 ? 0 : events.Max(static one => one.Value),
        Aggregation.Min => events.Count == 0 ? 0 : events.Min(static one => one.Value),
        Aggregation.Last => events.Count == 0 ? 0 : InOrder(events).Last().Value,
        Aggregation.TimeWeighted => Math.Round(events.GroupBy(static one => one.Usage.Tenant, StringComparer.Ordinal).Sum(tenant => Area(tenant, end)) / (end - start), 9, MidpointRounding.AwayFromZero),
        _ => throw new ModelException($"Aggregation '{aggregation}' has no quantity; add it to WindowQuantity."),
    };

    // Each value holds from its event's time to the next one's, the last to the window's end.
    private static decimal Area(IEnumerable<CountedEvent> tenant, long end)
    {
        var area = 0m;
        var until = end;
        foreach (var one in InOrder(tenant).Reverse())
        {
            area += one.Value * (until - one.Time);
            until = one.Time;
        }

        return area;
    }

    // Of several events of one time the one with the larger identity comes later.
    private static IEnumerable<CountedEvent> InOrder(IEnumerable<CountedEvent> events) => events.OrderBy(static one => one.Time).ThenBy(static one => one.Identity.Value);
}
