using UsageStreams.Model;

namespace UsageStreams.Host.Catalogue;

/// <summary>
/// Counts past usage under the published metrics and under those that files would make of them. Reads the history twice: what an event takes back must be known before
/// the first one is counted.
/// </summary>
/// <param name="history">The events, from <see cref="FirstArrival"/> on.</param>
/// <param name="references">Tenants, accounts, contracts, products.</param>
/// <param name="range">Event times that are counted.</param>
/// <param name="dedupWindow">How long identities of events are remembered.</param>
internal sealed class DryRun(UsageHistory history, HistoryReferences references, Period range, TimeSpan dedupWindow)
{
    private readonly HashSet<EventDigest> _withdrawn = [];
    private readonly long _from = range.Start.ToUnixTimeMilliseconds();
    private readonly long _until = range.End.ToUnixTimeMilliseconds();

    /// <summary>How often the history is read.</summary>
    public const int Passes = 2;

    /// <summary>
    /// The first arrival that plays a part: an event may come the skew before its time, and may repeat one that came up to the dedup window earlier.
    /// </summary>
    public static DateTimeOffset FirstArrival(Period range, TimeSpan dedupWindow) => range.Start - UsageEventRules.MaximumSkew - dedupWindow;

    /// <summary>Runs it.</summary>
    /// <param name="before">The published metrics.</param>
    /// <param name="after">The metrics to try.</param>
    /// <param name="progress">Told how many records were read, over all passes.</param>
    /// <param name="cancellation">Ends it.</param>
    public DryRunCounts Run(MetricCatalogue before, MetricCatalogue after, Action<long> progress, CancellationToken cancellation)
    {
        var counts = new DryRunCounts(new CatalogueTrial(before, after));
        ForEachFirst(0, progress, usage =>
        {
            if (usage.Withdrawn is { } withdrawn)
                _withdrawn.Add(withdrawn);
        }, counts: null, cancellation);
        ForEachFirst(history.Length, progress, usage => Count(usage, counts), counts, cancellation);
        return counts;
    }

    private void ForEachFirst(long done, Action<long> progress, Action<HistoricEvent> act, DryRunCounts? counts, CancellationToken cancellation)
    {
        var seen = new FirstOccurrences(dedupWindow);
        history.Read(usage =>
        {
            progress(++done);
            var inRange = IsInRange(usage);
            if (inRange && counts is not null)
                counts.Read++;
            if (usage.IsRejected)
            {
                if (inRange && counts is not null)
                    counts.Rejected++;
            }
            else if (!seen.IsFirst(usage.At.Partition, usage.Identity, usage.Arrival))
            {
                if (inRange && counts is not null)
                    counts.Duplicate++;
            }
            else
            {
                act(usage);
            }
        }, _ =>
        {
            progress(++done);
            if (counts is not null)
                counts.Undecodable++;
        }, cancellation);
    }

    private void Count(in HistoricEvent usage, DryRunCounts counts)
    {
        if (!IsInRange(usage))
            return;
        var identity = usage.Identity;
        if (usage.Usage.Retracts is not null || _withdrawn.Contains(identity))
        {
            counts.Withdrawn++;
            return;
        }

        var metered = MetricEvent.Of(usage.Usage);
        var span = references.Resolve(metered.Tenant, metered.Time);
        if (!span.IsResolved || !references.Sells(metered.Product, usage.Usage.Time))
        {
            counts.Parked++;
            return;
        }

        counts.Counted++;
        counts.Trial.Count(metered, identity, usage.At, usage.Arrival, span.Account!, span.Contract!);
    }

    private bool IsInRange(in HistoricEvent usage) => usage.Usage.Time.ToUnixTimeMilliseconds() is var time && time >= _from && time < _until;
}

/// <summary>What became of the events of a dry run.</summary>
internal sealed class DryRunCounts(CatalogueTrial trial)
{
    /// <summary>Where the rest was counted.</summary>
    public CatalogueTrial Trial { get; } = trial;

    /// <summary>Events of the range. The others are parts of it.</summary>
    public long Read { get; set; }

    /// <summary>Had an identity that was there before.</summary>
    public long Duplicate { get; set; }

    /// <summary>Can never be counted.</summary>
    public long Rejected { get; set; }

    /// <summary>Only took another back, or were taken back.</summary>
    public long Withdrawn { get; set; }

    /// <summary>Lack reference data as of their time.</summary>
    public long Parked { get; set; }

    /// <summary>Were shown to the metrics.</summary>
    public long Counted { get; set; }

    /// <summary>Records without a readable event, whose time nobody knows; not among those read.</summary>
    public long Undecodable { get; set; }
}
