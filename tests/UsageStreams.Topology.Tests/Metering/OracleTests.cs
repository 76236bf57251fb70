using UsageStreams.Oracle;
using UsageStreams.Oracle.Load;

namespace UsageStreams.Topology.Tests.Metering;

/// <summary>
/// The metering topology against a naive second implementation, over loads by seed. <c>./dev oracle --seeds 100 --events 200000</c> runs the same with as many events
/// as one has patience for, and <c>./dev oracle --seed S --events 5000 --shrink</c> makes a seed that fails here small.
/// </summary>
public sealed class OracleTests
{
    private const int Events = 5_000;

    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, 10)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_topology_comes_to_what_a_naive_recount_says(int seed)
    {
        var verdict = Verdict.On(LoadOptions.OfSeed(seed, Events));

        verdict.Differences.ShouldBeEmpty();
        verdict.Oracle.Windows.Count.ShouldBeGreaterThan(500);
        verdict.Oracle.Outcomes.Where(static one => one.Key.Outcome == "read").Sum(static one => one.Value).ShouldBe(verdict.Records);
    }

    [Fact]
    public void Every_order_of_arrival_comes_to_the_same()
    {
        var verdicts = Verdict.OnPermutations(LoadOptions.OfSeed(1, 2_000), 10).ToList();

        verdicts.Count.ShouldBe(10);
        verdicts.SelectMany(static verdict => verdict.Differences).ShouldBeEmpty();
    }
}
