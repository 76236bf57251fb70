using System.Collections.Concurrent;
using System.Diagnostics;
using UsageStreams.Model;
using UsageStreams.Oracle.Load;

namespace UsageStreams.Oracle;

/// <summary>Runs seeds and tells in which of them the topology differs from the oracle.</summary>
internal static class OracleCommand
{
    private const int MostDifferencesTold = 10;
    private const int MostStepsTold = 60;
    private const int ShrinkAttempts = 400;

    /// <returns>0 when every load came to the same, 1 when one did not, 2 when the options are wrong.</returns>
    public static int Run(IReadOnlyList<string> words, TextWriter output, TextWriter errors)
    {
        OracleArguments arguments;
        try
        {
            arguments = OracleArguments.Parse(words);
        }
        catch (FormatException e)
        {
            errors.WriteLine($"oracle: {e.Message}{Environment.NewLine}{OracleArguments.Usage}");
            return 2;
        }

        var start = Stopwatch.GetTimestamp();
        var lines = new ConcurrentBag<(int Seed, bool Equal, long Records)>();
        Parallel.ForEach(
            Partitioner.Create(Enumerable.Range(arguments.From, arguments.Seeds), EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = arguments.Threads },
            seed =>
            {
                foreach (var verdict in arguments.Permutations > 0 ? Verdict.OnPermutations(arguments.LoadOf(seed), arguments.Permutations) : [Verdict.On(arguments.LoadOf(seed))])
                {
                    lines.Add((seed, verdict.Differences.Count == 0, verdict.Records));
                    lock (output) Tell(arguments, seed, verdict, output);
                }
            });
        var failed = lines.Count(static line => !line.Equal);
        var took = Stopwatch.GetElapsedTime(start);
        output.WriteLine($"loads       {lines.Count}, {lines.Sum(static line => line.Records):N0} records in {took.TotalSeconds:0.0} s, {lines.Sum(static line => line.Records) / took.TotalSeconds:N0} a second");
        output.WriteLine($"difference  {failed}");
        return failed == 0 ? 0 : 1;
    }

    private static void Tell(OracleArguments arguments, int seed, Verdict verdict, TextWriter output)
    {
        var outcomes = verdict.Oracle.Outcomes.Where(static one => one.Key.Outcome.Contains('/', StringComparison.Ordinal)).GroupBy(static one => one.Key.Outcome, StringComparer.Ordinal).OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => $"{one.Key} {one.Sum(static count => count.Value)}");
        output.WriteLine($"seed {seed,-6} {verdict.Load.Options.Features}: {verdict.Records} records, {verdict.Oracle.Windows.Count} windows, {verdict.Took.TotalSeconds:0.0} s: {(verdict.Differences.Count == 0 ? "equal" : $"{verdict.Differences.Count} differences")}");
        output.WriteLine($"            {string.Join(", ", outcomes)}");
        output.WriteLine($"            {string.Join(", ", verdict.Entries.CountBy(static entry => entry.Kind).OrderBy(static kind => kind.Key).Select(static kind => $"{kind.Value} {kind.Key}").Concat(verdict.Entries.Where(static entry => entry.Cause is not null).CountBy(static entry => entry.Cause!.Kind).OrderBy(static cause => cause.Key).Select(static cause => $"{cause.Value} by {cause.Key}")))}".ToLowerInvariant());
        if (verdict.Differences.Count == 0) return;
        TellDifferences(verdict, output);
        output.WriteLine($"            again: {arguments.Again(seed)}");
        if (arguments is { Shrink: true, Permutations: 0 }) TellSmallest(Reduction.Of(verdict, ShrinkAttempts), output);
    }

    private static void TellSmallest(Verdict smallest, TextWriter output)
    {
        output.WriteLine($"shrunk to   {smallest.Load.Steps.Count} steps, {smallest.Load.Partitions} partitions; after what the load begins with:");
        foreach (var step in smallest.Load.Steps.Where(step => step.At != smallest.Load.Steps[0].At).Take(MostStepsTold))
            output.WriteLine($"  {DateTimeOffset.FromUnixTimeMilliseconds(step.At):MM-dd HH:mm:ss.fff} {Words(step)}");
        TellDifferences(smallest, output);
    }

    private static void TellDifferences(Verdict verdict, TextWriter output)
    {
        foreach (var difference in verdict.Differences.Take(MostDifferencesTold)) output.WriteLine($"  {difference}");
    }

    private static string Words(LoadStep step) => step switch
    {
        EventArrives { Event: var usage, IsAstray: var isAstray } => $"{usage.Type} {usage.Tenant}/{usage.Source}/{usage.Id} of {usage.Time:MM-dd HH:mm:ss.fff}, {usage.Product}, {usage.Quantity}, user {usage.User}, {string.Join(' ', usage.Properties.Select(static property => $"{property.Key}={property.Value}"))}{(usage.Retracts is null ? string.Empty : $", retracts {usage.Retracts}")}{(usage.Amends is null ? string.Empty : $", amends {usage.Amends}")}{(isAstray ? ", astray" : string.Empty)}",
        ReferenceArrives { Record: Tenant tenant } => $"tenant {tenant.Id}: {string.Join("; ", tenant.Assignments.Select(static one => $"{one.Account} from {one.From:MM-dd HH:mm:ss.fff}"))}",
        ReferenceArrives reference => reference.Record.ToString()!,
        _ => step.GetType().Name,
    };
}
