namespace UsageStreams.Streams.Faults;

/// <summary>How often it was decided so about faults of a node. What was left out or dead-lettered counts when it is committed.</summary>
/// <param name="Node">The node or table.</param>
/// <param name="Kind">Kind of fault.</param>
/// <param name="Decision">What was decided.</param>
/// <param name="Count">How often since the application was started.</param>
public sealed record FaultCount(string Node, FaultKind Kind, FaultDecision Decision, long Count)
{
    internal static IReadOnlyList<FaultCount> Sum(IEnumerable<FaultCount> counts) =>
    [
        .. counts.GroupBy(static c => (c.Node, c.Kind, c.Decision))
            .Select(static g => new FaultCount(g.Key.Node, g.Key.Kind, g.Key.Decision, g.Sum(static c => c.Count)))
            .OrderBy(static c => c.Node, StringComparer.Ordinal).ThenBy(static c => c.Kind).ThenBy(static c => c.Decision),
    ];
}
