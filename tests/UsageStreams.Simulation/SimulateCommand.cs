using System.Collections.Concurrent;
using System.Diagnostics;
using UsageStreams.Streams.Testing.Simulation;
using UsageStreams.Streams.Testing.Simulation.Scenarios;

namespace UsageStreams.Simulation;

/// <summary>Runs seeds on all cores and tells what they did.</summary>
internal static class SimulateCommand
{
    private const int TraceLength = 400;
    private const int MostViolationsTold = 20;

    /// <returns>0 when every invariant held, 1 when one did not, 2 when the options are wrong.</returns>
    public static int Run(IReadOnlyList<string> words, TextWriter output, TextWriter errors)
    {
        SimulateArguments arguments;
        try
        {
            arguments = SimulateArguments.Parse(words);
        }
        catch (FormatException e)
        {
            errors.WriteLine($"simulate: {e.Message}{Environment.NewLine}{SimulateArguments.Usage}");
            return 2;
        }

        long start = Stopwatch.GetTimestamp();
        SimulationResult[] results = RunAll(arguments);
        Tell(arguments, results, Stopwatch.GetElapsedTime(start), output);
        return Array.Exists(results, static r => r.Violation is not null) ? 1 : 0;
    }

    private static SimulationResult[] RunAll(SimulateArguments arguments)
    {
        var results = new ConcurrentBag<SimulationResult>();
        Parallel.For(0, arguments.Seeds, i => results.Add(RunOne(arguments, arguments.From + i, arguments.Trace ? TraceLength : 0)));
        return [.. results.OrderBy(static r => r.Seed)];
    }

    private static SimulationResult RunOne(SimulateArguments arguments, long seed, int trace) => Streams.Testing.Simulation.Simulation.Run(
        seed,
        arguments.Scenario is null ? SimulationScenarios.Any : SimulationScenarios.All[arguments.Scenario],
        new SimulationOptions { Breakage = arguments.Breakage, TraceLength = trace });

    private static void Tell(SimulateArguments arguments, SimulationResult[] results, TimeSpan elapsed, TextWriter output)
    {
        SimulationResult[] violations = [.. results.Where(static r => r.Violation is not null)];
        if (violations.Length > 0)
            TellTrace(arguments, violations[0], output);
        else if (arguments.Trace)
            TellLines(results[0], output);
        foreach (SimulationResult result in violations.Take(MostViolationsTold))
            output.WriteLine($"violation   seed {result.Seed} ({result.Scenario}): {result.Violation!.Message}{Environment.NewLine}            again: {arguments.Again(result.Seed)}");
        output.WriteLine($"seeds       {results.Length} ({results[0].Seed} to {results[^1].Seed}), {string.Join(", ", results.CountBy(static r => r.Scenario).OrderBy(static s => s.Key).Select(static s => $"{s.Value} {s.Key}"))}");
        output.WriteLine($"events      {results.Sum(static r => r.Events)} in {elapsed.TotalSeconds:0.0} s, {results.Length / elapsed.TotalSeconds:0} seeds/s");
        output.WriteLine($"rebalances  {results.Sum(static r => (long)r.Rebalances)}; longest time without a commit though there was input: {results.Max(static r => r.LongestStall).TotalSeconds:0.0} s of the simulated clock");
        foreach (var kind in results.SelectMany(static r => r.Faults).GroupBy(static f => f.Key, static f => (long)f.Value).OrderBy(static g => g.Key, StringComparer.Ordinal))
            output.WriteLine($"fault       {kind.Sum(),9} {kind.Key}");
        output.WriteLine($"faults      {results.Sum(static r => r.Faults.Values.Sum(static n => (long)n))}");
        output.WriteLine($"violations  {violations.Length}");
    }

    /// <summary>The same seed again, because a trace costs time and the first run had none.</summary>
    private static void TellTrace(SimulateArguments arguments, SimulationResult violation, TextWriter output)
    {
        SimulationResult again = arguments.Trace ? violation : RunOne(arguments, violation.Seed, TraceLength);
        TellLines(again, output);
        if (again.Fingerprint != violation.Fingerprint)
            output.WriteLine($"trace       seed {violation.Seed} did not run the same way again: something in the run does not follow from the seed");
    }

    private static void TellLines(SimulationResult result, TextWriter output)
    {
        output.WriteLine($"trace       seed {result.Seed} ({result.Scenario}), its last {result.Trace.Count} lines; events {result.Events}, fingerprint {result.Fingerprint:x16}");
        foreach (string line in result.Trace)
            output.WriteLine(line);
        if (result.Violation?.InnerException is { } cause)
            output.WriteLine(cause);
    }
}
