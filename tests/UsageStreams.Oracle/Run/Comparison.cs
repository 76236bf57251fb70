using UsageStreams.Oracle.Naive;

namespace UsageStreams.Oracle.Run;

/// <summary>Compares what a load should come to with what it came to.</summary>
internal static class Comparison
{
    /// <summary>Every difference, for a person; the oracle's number first.</summary>
    public static IReadOnlyList<string> Of(Books oracle, Books topology) =>
    [
        .. Windows(oracle.Windows, topology.Windows),
        .. Numbers("outcome", Named(oracle), Named(topology)),
        .. Numbers("running total", oracle.Running, topology.Running),
        .. Numbers("exception", oracle.Exceptions, topology.Exceptions),
    ];

    private static Dictionary<string, long> Named(Books books) =>
        books.Outcomes.ToDictionary(static one => $"{one.Key.Key} {one.Key.Outcome}", static one => one.Value, StringComparer.Ordinal);

    private static IEnumerable<string> Windows(IReadOnlyDictionary<LedgerWindow, WindowSum> oracle, IReadOnlyDictionary<LedgerWindow, WindowSum> topology)
    {
        foreach (var name in oracle.Keys.Union(topology.Keys).OrderBy(static name => name.ToString(), StringComparer.Ordinal))
        {
            var (expected, found) = (oracle.GetValueOrDefault(name, WindowSum.Empty), topology.GetValueOrDefault(name, WindowSum.Empty));
            if (expected.DifferenceTo(found) is { } difference) yield return $"window {name}: {difference}";
        }
    }

    private static IEnumerable<string> Numbers<T>(string what, IReadOnlyDictionary<string, T> oracle, IReadOnlyDictionary<string, T> topology)
        where T : struct, IEquatable<T>
    {
        foreach (var name in oracle.Keys.Union(topology.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (expected, found) = (oracle.GetValueOrDefault(name), topology.GetValueOrDefault(name));
            if (!expected.Equals(found)) yield return $"{what} {name}: {expected}, not {found}";
        }
    }
}
