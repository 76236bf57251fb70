using UsageStreams.Model;

namespace UsageStreams.Topology.Metering.Recount;

/// <summary>A stretch of time whose windows may have to be counted anew, and why.</summary>
/// <param name="From">First instant, Unix milliseconds.</param>
/// <param name="To">First instant after, Unix milliseconds.</param>
/// <param name="Metric">The metric whose windows are concerned; null for all.</param>
/// <param name="Cause">What changed.</param>
internal sealed record Concern(long From, long To, string? Metric, Cause Cause)
{
    /// <summary>Whether a window is concerned.</summary>
    public bool Touches(MetricRule rule, long start) =>
        start < To && From < start + rule.Window && (Metric is null || string.Equals(Metric, rule.Code, StringComparison.Ordinal));
}
