using UsageStreams.Model;

namespace UsageStreams.Oracle.Naive;

/// <summary>An event and where it ended.</summary>
/// <param name="Arrived">As it came.</param>
/// <param name="Outcome">Where it ended, as outcome/reason.</param>
/// <param name="Account">What it is counted under; empty when it isn't.</param>
/// <param name="Contract">The contract in force; empty when it isn't counted.</param>
/// <param name="Metrics">Metric versions that count it.</param>
internal sealed record Judged(Arrived Arrived, string Outcome, string Account, string Contract, IReadOnlyList<Metric> Metrics)
{
    public static Judged As(Arrived arrived, string outcome) => new(arrived, outcome, string.Empty, string.Empty, []);
}
