using System.Globalization;
using UsageStreams.Host;

namespace UsageStreams.Chaos.Ingest;

/// <summary>The command line of runs against the gateway.</summary>
internal static class IngestProgram
{
    /// <summary>The option that chooses such a run.</summary>
    public const string Option = "--gateway";

    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellation)
    {
        if (arguments is [FaultyBroker.Verb, var folder, var port, var registryPort, var seed])
        {
            await FaultyBroker.RunAsync(folder, Number(port), Number(registryPort), ulong.Parse(seed, CultureInfo.InvariantCulture));
            return ExitCodes.Done;
        }

        IngestOptions options;
        try
        {
            options = IngestOptions.Parse([.. arguments.Where(static argument => argument != Option)]);
        }
        catch (ArgumentException error)
        {
            await Console.Error.WriteLineAsync($"chaos: {error.Message}\n{IngestOptions.Usage}");
            return ExitCodes.Usage;
        }

        var result = await IngestRun.RunAsync(options, static text => Console.Error.WriteLine("chaos: " + text), TimeProvider.System, cancellation);
        Console.WriteLine((options.Json ? result.ToJson() : result.ToText()).TrimEnd());
        return result.Passed ? ExitCodes.Done : ExitCodes.Failed;
    }

    /// <summary>Whether a command line is one of these.</summary>
    public static bool IsMeant(string[] arguments) => arguments.Contains(Option, StringComparer.Ordinal) || arguments is [FaultyBroker.Verb, ..];

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
