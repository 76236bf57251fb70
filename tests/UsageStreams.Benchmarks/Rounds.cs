using System.Globalization;

namespace UsageStreams.Benchmarks;

/// <summary>The runs of several cases, taken by turns: the n-th run of each stands beside the n-th run of the others.</summary>
internal sealed class Rounds
{
    private readonly Dictionary<string, List<Measured>> _runs = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    /// <summary>Takes a run, and tells of it.</summary>
    public void Add(string name, Measured measured)
    {
        if (!_runs.TryGetValue(name, out var all))
        {
            _runs.Add(name, all = []);
            _names.Add(name);
        }

        all.Add(measured);
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name,-18} {measured.RecordsPerSecond,12:N0}/s {measured.BytesPerRecord,8:N1} B/record"));
    }

    /// <summary>The median of each case and of its quotients by <paramref name="rival"/>.</summary>
    public IReadOnlyList<CaseResult> Results(string rival)
    {
        var beside = _runs[rival];
        return [.. _names.Select(name => Result(name, _runs[name], beside))];
    }

    private static CaseResult Result(string name, List<Measured> runs, List<Measured> rival)
    {
        List<Measured> sorted = [.. runs.OrderBy(static run => run.RecordsPerSecond)];
        List<double> ratios = [.. runs.Zip(rival, static (run, other) => run.RecordsPerSecond / other.RecordsPerSecond).Order()];
        var median = sorted[sorted.Count / 2];
        return new CaseResult(name)
        {
            RecordsPerSecond = median.RecordsPerSecond,
            Low = sorted[0].RecordsPerSecond,
            High = sorted[^1].RecordsPerSecond,
            Ratio = ratios[ratios.Count / 2],
            BytesPerRecord = median.BytesPerRecord,
            ChangelogBytesPerRecord = median.ChangelogBytesPerRecord,
            Figures = median.Figures,
        };
    }
}
