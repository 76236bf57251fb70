using System.CommandLine;

namespace UsageStreams.Host.Commands;

/// <summary>Runs the command line: one clear message for every error, an exit code that says of which kind it is.</summary>
internal static class CommandRunner
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(35);

    /// <summary>Runs a command line to its end.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="output">Takes results.</param>
    /// <param name="error">Takes everything else that is said.</param>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        var root = Verbs.Root(out var verbose);
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var fault in parsed.Errors)
                await error.WriteLineAsync("usagestreams: " + fault.Message);
            await error.WriteLineAsync("See: usagestreams --help");
            return ExitCodes.Usage;
        }

        try
        {
            var invocation = new InvocationConfiguration
            {
                Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = DrainLimit,
            };
            return await parsed.InvokeAsync(invocation);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception fault)
        {
            await error.WriteLineAsync("usagestreams: " + (parsed.GetValue(verbose) ? fault.ToString() : fault.Message));
            if (!Faults.IsTold(fault) && !parsed.GetValue(verbose))
                await error.WriteLineAsync("With --verbose it says where.");
            return Faults.ExitCode(fault);
        }
    }
}
