using UsageStreams.Topology.Tests.Support;

namespace UsageStreams.Topology.Tests.Metering;

public sealed class RunningTotalTests
{
    [Fact]
    public void An_event_is_in_its_running_total_with_the_commit_that_holds_it_whatever_its_window_waits_for()
    {
        using var run = new MeteringRun(partitions: 2, commitAfterEachRecord: false);
        for (var number = 1; number <= 20; number++)
        {
            // All in one hour, which stays open, while no clock moves.
            run.Pipe(References.Event($"t{number % MeteringRun.Tenants}", $"{number}", References.Start.AddMinutes(number)));
            Counted(run).ShouldBe(number - 1);

            run.Commit();

            Counted(run).ShouldBe(number);
        }

        run.Ledger.ReadAll().Count.ShouldBe(0);
    }

    private static long Counted(MeteringRun run) => run.Running.Where(static total => total.Metric == "bytes.out").Sum(static total => total.Count);
}
