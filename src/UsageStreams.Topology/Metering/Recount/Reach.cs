using UsageStreams.Model;
using UsageStreams.Topology.Metering.State;

namespace UsageStreams.Topology.Metering.Recount;

/// <summary>How far back what was counted can be corrected: as far as first occurrences can be told from repetitions, and windows are not forgotten.</summary>
/// <param name="floor">Arrival before which nothing is known, Unix milliseconds.</param>
/// <param name="longestWindow">Length of the longest window of any metric, in milliseconds.</param>
internal sealed class Reach(long floor, long longestWindow)
{
    /// <summary>Length of a day's window, the longest there is, in milliseconds.</summary>
    public const long DayMillis = 86_400_000;

    /// <summary>Arrival before which nothing is known, Unix milliseconds.</summary>
    public long Floor { get; private set; } = floor;

    /// <summary>Of the metrics that judge events.</summary>
    public static Reach Of(long floor, params IEnumerable<Metric> metrics) =>
        new(floor, metrics.Select(static metric => MetricRule.WindowMillis(metric.Window)).DefaultIfEmpty(DayMillis).Max());

    /// <summary>Retention has taken more than that.</summary>
    public void Raise(long first) => Floor = Math.Max(Floor, first);

    /// <summary>
    /// The event time from which on a tenant's windows are whole, Unix milliseconds: of one whose first event is known, all are; of others those of all metrics
    /// that begin late enough.
    /// </summary>
    public long Of(AppliedTenant tenant)
    {
        if (tenant.Since >= Floor) return long.MinValue;
        var wholeFrom = Floor + MeteringOptions.SkewMillis + longestWindow - 1;
        return wholeFrom - (((wholeFrom % longestWindow) + longestWindow) % longestWindow);
    }

    /// <summary>Tells people of what lies further back.</summary>
    /// <param name="log">Whom.</param>
    /// <param name="tenant">The tenant's name.</param>
    /// <param name="applied">What it was counted by.</param>
    /// <param name="from">First event time concerned, Unix milliseconds.</param>
    /// <param name="now">When, Unix milliseconds.</param>
    public void Tell(ExceptionLog log, string tenant, AppliedTenant applied, long from, long now)
    {
        var reach = Of(applied);
        if (from < reach) log.Raise(tenant, ExceptionKind.BeyondRecount, "recount", ExceptionTexts.BeyondRecount(reach), new Waiting(1, Math.Max(from, applied.Since), 0, 0), now);
    }
}
