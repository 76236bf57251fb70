using System.Diagnostics;
using UsageStreams.Model;
using UsageStreams.Oracle.Load;
using UsageStreams.Oracle.Naive;
using UsageStreams.Oracle.Run;

namespace UsageStreams.Oracle;

/// <summary>What the oracle says about one load.</summary>
/// <param name="Load">The load.</param>
/// <param name="Oracle">What it should come to.</param>
/// <param name="Differences">In what the topology differs; none when it is right.</param>
/// <param name="Took">How long the topology took.</param>
internal sealed record Verdict(UsageLoad Load, Books Oracle, IReadOnlyList<string> Differences, TimeSpan Took)
{
    private const int LinesOfFailure = 8;

    /// <summary>What the topology came to; null when it failed.</summary>
    public Books? Topology { get; private init; }

    /// <summary>The ledger's entries, in the order in which they were written.</summary>
    public IReadOnlyList<LedgerEntry> Entries { get; private init; } = [];

    /// <summary>Records of usage.events in the load.</summary>
    public int Records => Load.Steps.Count(static step => step is EventArrives or GarbageArrives);

    /// <summary>Makes a load, plays it and judges it.</summary>
    public static Verdict On(LoadOptions options) => On(LoadMaker.Make(options));

    /// <summary>Plays a load in so many orders of arrival, and judges each by itself and by the first.</summary>
    public static IEnumerable<Verdict> OnPermutations(LoadOptions options, int count)
    {
        var load = LoadMaker.Make(options with { Features = options.Features & Permutations.Allowed });
        Books? first = null;
        for (var number = 0; number < count; number++)
        {
            var verdict = On(Permutations.Of(load, number));
            first ??= verdict.Oracle;
            yield return verdict with { Differences = [.. verdict.Differences, .. Comparison.Of(first with { Windows = WithoutLocks(first) }, verdict.Oracle with { Windows = WithoutLocks(verdict.Oracle) })] };
        }
    }

    /// <summary>Plays a load and judges it. An exception of the topology is a difference.</summary>
    public static Verdict On(UsageLoad load)
    {
        var oracle = NaiveMetering.Of(load, new NaiveTerms());
        var start = Stopwatch.GetTimestamp();
        try
        {
            var (books, entries) = MeteringPlay.Of(load);
            return new Verdict(load, oracle, Comparison.Of(oracle, books), Stopwatch.GetElapsedTime(start)) { Topology = books, Entries = entries };
        }
#pragma warning disable CA1031 // Whatever the topology throws is a difference to the oracle, and is told as one.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return new Verdict(load, oracle, [$"the topology failed: {string.Join(Environment.NewLine, error.ToString().Split(Environment.NewLine).Take(LinesOfFailure))}"], Stopwatch.GetElapsedTime(start));
        }
    }

    // Which events come before a lock depends on the order.
    private static Dictionary<LedgerWindow, WindowSum> WithoutLocks(Books books) =>
        books.Windows.ToDictionary(static window => window.Key, static window => window.Value with { Adjusted = 0 });
}
