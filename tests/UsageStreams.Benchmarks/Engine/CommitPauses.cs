using System.Diagnostics;
using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>How long each commit held up the stream thread, and which of its steps did: from the first record produced for it to the tasks' going on.</summary>
internal sealed class CommitPauses
{
    private readonly Dictionary<CommitStep, Quantiles> _steps = Enum.GetValues<CommitStep>().ToDictionary(static step => step, static _ => new Quantiles());
    private readonly List<(CommitStep Step, long At)> _reached = [];

    public Quantiles Times { get; } = new();

    /// <summary>Called by the stream thread before each step of a commit. A commit that has nothing to do ends early, and doesn't count.</summary>
    public void Reached(CommitStep step)
    {
        if (step == CommitStep.Produce) _reached.Clear();
        _reached.Add((step, Stopwatch.GetTimestamp()));
        if (step != CommitStep.Acknowledge) return;
        Times.Add(Stopwatch.GetElapsedTime(_reached[0].At, _reached[^1].At));
        foreach (var (one, next) in _reached.Zip(_reached.Skip(1))) _steps[one.Step].Add(Stopwatch.GetElapsedTime(one.At, next.At));
    }

    /// <param name="duration">Of the whole run.</param>
    public IReadOnlyDictionary<string, double> Figures(TimeSpan duration) => new Dictionary<string, double>(StringComparer.Ordinal)
    {
        ["commits"] = Times.Count,
        ["pause p50, ms"] = Times.At(0.5),
        ["pause p99, ms"] = Times.At(0.99),
        ["produce p50, ms"] = _steps[CommitStep.Produce].At(0.5),
        ["flush p50, ms"] = _steps[CommitStep.Flush].At(0.5),
        ["offsets p50, ms"] = _steps[CommitStep.SendOffsets].At(0.5),
        ["commit p50, ms"] = _steps[CommitStep.Commit].At(0.5),
        ["share of the time"] = Times.Sum / duration.TotalMilliseconds,
    };
}
