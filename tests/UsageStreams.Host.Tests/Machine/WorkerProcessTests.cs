using UsageStreams.Host.Machine;
using UsageStreams.Host.Tests.Support;

namespace UsageStreams.Host.Tests.Machine;

public sealed class WorkerProcessTests(HostKafka kafka) : IClassFixture<HostKafka>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_worker_that_does_not_reach_what_it_needs_is_started_again_for_as_long_as_it_takes()
    {
        using var folder = new TemporaryFolder();
        string[] arguments = ["worker", "metering", "--child", "--state", Path.Combine(folder.Path, "state"), "--bootstrap", kafka.Access.Bootstrap, "--registry", "http://127.0.0.1:1"];
        await using var worker = new WorkerProcess(arguments, Path.Combine(folder.Path, "log"), static _ => { }, TimeProvider.System);

        await UntilAsync(() => worker.ExitCodesOfItsOwn.Count >= 6 || worker.Watching.IsCompleted);

        worker.Watching.IsCompleted.ShouldBeFalse();
        worker.ExitCodesOfItsOwn.ShouldAllBe(static code => code == ExitCodes.Unreachable);
    }

    [Fact]
    public async Task A_worker_whose_command_line_makes_no_sense_is_not_started_again()
    {
        using var folder = new TemporaryFolder();
        await using var worker = new WorkerProcess(["worker", "nonsense", "--child"], Path.Combine(folder.Path, "log"), static _ => { }, TimeProvider.System);

        await UntilAsync(() => worker.Watching.IsCompleted);

        (await Should.ThrowAsync<HostException>(() => worker.Watching)).Message.ShouldContain("exit code 2");
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Deadline);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
