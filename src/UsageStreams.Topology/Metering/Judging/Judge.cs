using System.Runtime.InteropServices;
using UsageStreams.Model;
using UsageStreams.Topology.Metering.Decoding;

namespace UsageStreams.Topology.Metering.Judging;

/// <summary>
/// Decides where an event ends that is no repetition: of what stands in its record and of reference data as of its time, and of nothing else.
/// </summary>
/// <param name="metrics">The metrics it is counted by.</param>
/// <param name="products">The products there are.</param>
internal sealed class Judge(Catalogue metrics, ProductList products)
{
    private readonly List<MetricRule> _counting = [];
    private string? _type;
    private MetricRule[] _rules = [];

    /// <summary>The metrics it judges by.</summary>
    public Catalogue Metrics => metrics;

    /// <summary>The products it judges by.</summary>
    public ProductList Products => products;

    /// <summary>The metric versions that count the event that was judged last; valid until the next.</summary>
    public ReadOnlySpan<MetricRule> Counting => CollectionsMarshal.AsSpan(_counting);

    /// <summary>The metric version that found the event that was judged last too late while others count it; null when none did.</summary>
    public MetricRule? PartlyLate { get; private set; }

    /// <summary>Where the event ends.</summary>
    /// <param name="incoming">The event.</param>
    /// <param name="arrival">When it arrived, Unix milliseconds.</param>
    /// <param name="isWithdrawn">Whether it was taken back.</param>
    /// <param name="timeline">What its tenant belongs to.</param>
    /// <param name="span">What it belongs to.</param>
    public Ending Decide(in IncomingEvent incoming, long arrival, bool isWithdrawn, TenantTimeline timeline, out TimelineSpan span)
    {
        _counting.Clear();
        PartlyLate = null;
        var usage = incoming.Usage;
        span = timeline.At(usage.Time);
        if (isWithdrawn) return Ending.Withdrawn;
        if (incoming.Withdrawal is { Amends: false }) return Ending.Correction;
        var tooLate = Choose(usage, arrival);
        if (tooLate is not null && _counting.Count == 0) return Ending.TooLate;
        if (Missing(usage, span) is { } missing)
        {
            _counting.Clear();
            return missing;
        }

        PartlyLate = tooLate;
        return _counting.Count > 0 ? Ending.Metered : Ending.Unmetered;
    }

    /// <returns>A metric version that would count the event if it had come earlier; null when there is none.</returns>
    private MetricRule? Choose(in MetricEvent usage, long arrival)
    {
        // Types are shared strings, and the next event mostly has the last one's.
        if (!ReferenceEquals(usage.Type, _type)) (_type, _rules) = (usage.Type, metrics.ForType(usage.Type));
        MetricRule? tooLate = null;
        foreach (var rule in _rules)
        {
            var verdict = rule.Judge(usage, arrival);
            if (verdict == MetricVerdict.Taken) _counting.Add(rule);
            else if (verdict == MetricVerdict.TooLate) tooLate = rule;
        }

        return tooLate;
    }

    private Ending? Missing(in MetricEvent usage, TimelineSpan span) =>
        span.Gap == TimelineGap.NoContract ? Ending.NoContract
        : span.Gap == TimelineGap.OtherRegion ? Ending.OtherRegion
        : span.Gap != TimelineGap.None ? Ending.UnknownTenant
        : !products.Knows(usage.Product, usage.Time) ? Ending.UnknownProduct
        : _rules.Length == 0 ? Ending.UnknownEventType
        : null;
}
