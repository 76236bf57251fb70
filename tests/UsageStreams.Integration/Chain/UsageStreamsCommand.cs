using System.Diagnostics;

namespace UsageStreams.Integration.Chain;

/// <summary>The built command, run as a person runs it.</summary>
internal static class UsageStreamsCommand
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    public static string AccessLog { get; } = Path.Combine(AppContext.BaseDirectory, "samples", "access.log");

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Deadline);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'usagestreams {string.Join(' ', arguments)}' did not end within {Deadline}.", e);
        }

        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Starts it; the caller ends it.</summary>
    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "usagestreams"))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
