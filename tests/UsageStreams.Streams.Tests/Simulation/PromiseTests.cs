using UsageStreams.Streams.Testing.Simulation;
using UsageStreams.Streams.Testing.Simulation.Scenarios;

namespace UsageStreams.Streams.Tests.Simulation;

/// <summary>Promises in numbers: so many kills, failures and rebalances, and nothing lost, doubled or stuck.</summary>
public sealed class PromiseTests
{
    private static readonly TimeSpan LongestStall = TimeSpan.FromSeconds(10);

    // Calls that fail before or after they were done, with a time-out, a fence, a moved coordinator, or an order to abort.
    private static readonly string[] TransactionErrors =
        ["init failed", "send failed", "offsets failed", "offsets sent, answer lost", "commit failed", "commit outcome unknown", "abort failed", "transaction timed out"];

    [Fact]
    public void A_thousand_rebalances_with_failing_commits_revokes_and_assignments_stall_and_stop_nobody()
    {
        int rebalances = 0;
        TimeSpan stall = TimeSpan.Zero;
        var faults = new Dictionary<string, int>(StringComparer.Ordinal);
        for (long seed = 1; rebalances < 1000; seed++)
        {
            SimulationResult result = Run(seed, SimulationScenarios.Any, new SimulationOptions { Mix = FaultMix.RebalanceStorm });
            stall = result.LongestStall > stall ? result.LongestStall : stall;
            rebalances += result.Rebalances;
            Add(faults, result);
        }

        stall.ShouldBeLessThan(LongestStall);
        faults.ShouldContainKey("revoke failed");
        faults.ShouldContainKey("assign failed");
        faults.ShouldContainKey("commit failed");
        faults.ShouldContainKey("member expelled");
    }

    [Fact]
    public void Five_hundred_kills_and_as_many_transaction_errors_change_no_sum()
    {
        var faults = new Dictionary<string, int>(StringComparer.Ordinal);
        for (long seed = 1; faults.GetValueOrDefault("crash") < 500 || TransactionErrors.Sum(e => faults.GetValueOrDefault(e)) < 500; seed++)
            Add(faults, Run(seed, SimulationScenarios.Any, new SimulationOptions { Mix = FaultMix.CrashStorm }));

        TransactionErrors.ShouldAllBe(error => faults.ContainsKey(error));
    }

    [Fact]
    public void Records_of_an_assignment_that_is_over_are_counted_once_in_a_thousand_runs()
    {
        var faults = new Dictionary<string, int>(StringComparer.Ordinal);
        for (long seed = 1; seed <= 1000; seed++)
            Add(faults, Run(seed, SimulationScenarios.All["stateless"], new SimulationOptions { Mix = FaultMix.RebalanceStorm }));

        faults["stale record"].ShouldBeGreaterThan(100);
        faults["stale record of a partition that is back"].ShouldBeGreaterThan(100);
    }

    [Theory]
    [InlineData("stateless", false)]
    [InlineData("count", false)]
    [InlineData("count", true)]
    [InlineData("outbox", false)]
    [InlineData("outbox", true)]
    [InlineData("table", false)]
    [InlineData("versions", false)]
    public void A_hundred_restarts_without_input_write_nothing_and_leave_every_offset(string scenario, bool keepsState) =>
        Run(1, SimulationScenarios.All[scenario], new SimulationOptions { Restarts = 100, KeepsState = keepsState });

    private static SimulationResult Run(long seed, Func<SimulationRandom, SimulationScenario> scenario, SimulationOptions options)
    {
        SimulationResult result = Streams.Testing.Simulation.Simulation.Run(seed, scenario, options);
        result.Violation?.Message.ShouldBeNull($"seed {seed} ({result.Scenario})");
        return result;
    }

    private static void Add(Dictionary<string, int> faults, SimulationResult result)
    {
        foreach ((string kind, int count) in result.Faults)
            faults[kind] = faults.GetValueOrDefault(kind) + count;
    }
}
