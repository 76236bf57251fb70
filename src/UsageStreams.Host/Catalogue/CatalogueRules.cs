using UsageStreams.Model;

namespace UsageStreams.Host.Catalogue;

/// <summary>What must hold between the fields of a version and between the versions of a metric.</summary>
/// <param name="dedupWindow">How long identities of events are remembered.</param>
internal sealed class CatalogueRules(TimeSpan dedupWindow)
{
    // Billing closes a period an hour after its end.
    private static readonly TimeSpan LongestGrace = TimeSpan.FromHours(1);

    private readonly long _mostLateness = (long)(dedupWindow - UsageEventRules.MaximumSkew).TotalMilliseconds;

    /// <summary>Checks all versions, and gives those that name no end the start of their successor.</summary>
    public IReadOnlyList<MetricEntry> Check(IReadOnlyList<MetricEntry> entries, List<CatalogueFault> faults)
    {
        List<MetricEntry> ended = [];
        foreach (var metric in entries.GroupBy(static entry => entry.Metric.Code, StringComparer.Ordinal).OrderBy(static metric => metric.Key, StringComparer.Ordinal))
        {
            var versions = metric.OrderBy(static entry => entry.Metric.Version).ToList();
            for (var i = 0; i < versions.Count; i++)
            {
                var next = i + 1 < versions.Count ? versions[i + 1] : null;
                CheckFields(versions[i], faults);
                CheckEnd(versions[i], isLast: next is null, faults);
                if (next is not null)
                    CheckSuccession(versions[i], next, faults);
                ended.Add(next is null || versions[i].Metric.To is not null ? versions[i] : versions[i] with { Metric = versions[i].Metric with { To = next.Metric.From } });
            }
        }

        return ended;
    }

    private void CheckFields(MetricEntry entry, List<CatalogueFault> faults)
    {
        var metric = entry.Metric;
        var window = MetricRule.WindowMillis(metric.Window);
        if (metric.From.ToUnixTimeMilliseconds() % window != 0)
            faults.Add(entry.Fault("from", $"'from' is {CatalogueTime.Instant(metric.From)}, in the middle of a window; let it be the start of a UTC {YamlFields.Word(metric.Window)}, so that no window is cut in two"));
        if (metric.LatenessMillis > _mostLateness)
            faults.Add(entry.Fault("lateness", $"'lateness' is {CatalogueTime.Duration(metric.LatenessMillis)}, more than {CatalogueTime.Duration(_mostLateness)}: the dedup window ({CatalogueTime.Duration((long)dedupWindow.TotalMilliseconds)}) less the clock skew ({CatalogueTime.Duration((long)UsageEventRules.MaximumSkew.TotalMilliseconds)}); what comes later could not be told from a repetition"));
        if (metric.LatenessMillis < 0)
            faults.Add(entry.Fault("lateness", $"'lateness' is any: an event that is repeated more than {CatalogueTime.Duration((long)dedupWindow.TotalMilliseconds)} after it first arrived is counted again, and the state of its windows is kept for ever; keep that to history that is imported once", isNote: true));
        if (metric.GraceMillis > LongestGrace.TotalMilliseconds)
            faults.Add(entry.Fault("grace", $"'grace' is {CatalogueTime.Duration(metric.GraceMillis)}, more than {CatalogueTime.Duration((long)LongestGrace.TotalMilliseconds)}, when billing closes the period; what comes later becomes a late entry anyway"));
        if (metric.LatenessMillis >= 0 && metric.GraceMillis > metric.LatenessMillis)
            faults.Add(entry.Fault("grace", $"'grace' is {CatalogueTime.Duration(metric.GraceMillis)}, longer than 'lateness' ({CatalogueTime.Duration(metric.LatenessMillis)}); a window would wait for events that are refused"));
    }

    private static void CheckEnd(MetricEntry entry, bool isLast, List<CatalogueFault> faults)
    {
        var metric = entry.Metric;
        if (metric.To is not { } to)
            return;
        if (to <= metric.From)
            faults.Add(entry.Fault("to", $"'to' is {CatalogueTime.Instant(to)}, and 'from' {CatalogueTime.Instant(metric.From)}; a version ends after it starts"));
        else if (to.ToUnixTimeMilliseconds() % MetricRule.WindowMillis(metric.Window) != 0)
            faults.Add(entry.Fault("to", $"'to' is {CatalogueTime.Instant(to)}, in the middle of a window; let it be the start of a UTC {YamlFields.Word(metric.Window)}, so that no window is cut in two"));
        else if (isLast)
            faults.Add(entry.Fault("to", $"the metric ends at {CatalogueTime.Instant(to)}: usage from then on is not metered by it", isNote: true));
    }

    private static void CheckSuccession(MetricEntry entry, MetricEntry next, List<CatalogueFault> faults)
    {
        var (metric, after) = (entry.Metric, next.Metric);
        if (metric.Version == after.Version)
        {
            faults.Add(next.Fault("version", $"it is also in {entry.File}:{entry.Line}; a version is written once, take the next number"));
            return;
        }

        if (after.From <= metric.From)
            faults.Add(next.Fault("from", $"'from' is {CatalogueTime.Instant(after.From)}, not after that of version {metric.Version} ({CatalogueTime.Instant(metric.From)}); version numbers grow with time"));
        else if (metric.To > after.From)
            faults.Add(next.Fault("from", $"it overlaps version {metric.Version}, which holds until {CatalogueTime.Instant(metric.To.Value)}; let 'from' be that, or leave 'to' of version {metric.Version} out"));
        else if (metric.To < after.From)
            faults.Add(next.Fault("from", $"no version holds from {CatalogueTime.Instant(metric.To.Value)} to {CatalogueTime.Instant(after.From)}; usage of that time is not metered", isNote: true));
        if (after.Unit != metric.Unit)
            faults.Add(next.Fault("unit", $"the unit is '{after.Unit}', and '{metric.Unit}' in version {metric.Version}; a period adds both up, so give the other unit a code of its own"));
    }
}
