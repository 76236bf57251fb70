using UsageStreams.Streams.Testing.Simulation;
using UsageStreams.Streams.Testing.Simulation.Scenarios;

namespace UsageStreams.Streams.Tests.Simulation;

public sealed class AtLeastOnceTests
{
    [Fact]
    public void Nothing_is_lost_through_faults()
    {
        SimulationResult[] results = [.. Seeds(150).Select(static seed => Run(seed, new SimulationOptions()))];

        results.Where(static r => r.Violation is not null).Select(static r => $"seed {r.Seed}: {r.Violation!.Message}").ShouldBeEmpty();
        foreach (string fault in (string[])["crash", "send failed", "offsets failed", "offsets sent, answer lost", "member expelled"])
            results.ShouldContain(r => r.Faults.ContainsKey(fault), fault);
    }

    [Fact]
    public void Offsets_committed_before_what_was_produced_is_acknowledged_are_noticed() =>
        Seeds(200).Any(static seed => Run(seed, new SimulationOptions { Breakage = Breakage.CommitBeforeFlush }).Violation is not null).ShouldBeTrue();

    private static IEnumerable<long> Seeds(int count) => Enumerable.Range(1, count).Select(static seed => (long)seed);

    private static SimulationResult Run(long seed, SimulationOptions options) =>
        Streams.Testing.Simulation.Simulation.Run(seed, static random => new AtLeastOnceScenario(random), options);
}
