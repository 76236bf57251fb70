using System.Diagnostics;
using System.Text.Json;

namespace UsageStreams.Integration.Gateway;

/// <summary>The run of <c>./dev chaos --gateway</c>, small.</summary>
public sealed class GatewayChaosTests
{
    private const int Events = 20_000;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(8);

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_nothing_counted_twice_while_broker_and_gateway_fail_in_every_way()
    {
        var (exitCode, output, errors) = await RunAsync("--gateway", "--events", $"{Events}", "--seed", "7", "--json");

        output.ShouldStartWith("{", customMessage: errors);
        var result = JsonElement.Parse(output);
        int Number(string name) => result.GetProperty(name).GetInt32();
        (Number("lost"), Number("counted_twice"), exitCode).ShouldBe((0, 0, 0), $"{output}\n{errors}");
        (Number("acknowledged"), Number("distinct"), Number("counted"), Number("refused")).ShouldBe((Events, Events, Events, 0));
        (Number("on_the_topic") - Number("distinct")).ShouldBe(Number("duplicates"));
        foreach (var fault in (string[])["broker_refusing", "broker_losing_answers", "broker_held", "broker_killed", "gateway_killed"])
            Number(fault).ShouldBeGreaterThan(0, fault);
        Number("retried").ShouldBeGreaterThan(0);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "UsageStreams.Chaos"), arguments)
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Deadline);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
