namespace UsageStreams.Benchmarks.Engine;

/// <summary>
/// From a record's writing to its copy's being read, with 100 records a second: through the engine, read before and after its commit, and
/// through a plain copy loop. And how long commits hold up the thread when there is as much to do as it can.
/// </summary>
internal static class LatencyCase
{
    private const int DefaultRecords = 2_000_000;

    // Commits as often as when nothing is waiting.
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(100);

    public static async Task<IReadOnlyList<CaseResult>> RunAsync(EngineSetting setting, IReadOnlyList<string> names)
    {
        var load = new EngineLoad(setting.Connection, setting.Options.Records ?? DefaultRecords);
        List<IReadOnlyDictionary<string, double>> copy = [], engine = [];
        for (var run = 1; run <= setting.Options.Runs; run++)
        {
            copy.Add(await LatencyProbe.RunAsync(load, $"copy{run}", static (input, output, load) => new CopyLoop(load, input, output)));
            engine.Add(await LatencyProbe.RunAsync(load, $"latency{run}", static (input, output, load) => new EngineCopy(load, input, output)));
            EngineSetting.Say($"latency run {run} of {setting.Options.Runs}: {copy[^1]["p99, ms"]:0.0} ms copy loop, {engine[^1]["p99, ms"]:0.0} ms engine (p99)");
        }

        EngineSetting.Say($"publishing {load.Records:N0} records");
        await load.PublishAsync();
        return
        [
            new CaseResult("latency-copy") { Figures = Median(copy) },
            new CaseResult("latency") { Figures = Median(engine) },
            await PausesAsync(setting, load, "stateless"),
            await PausesAsync(setting, load, "count"),
        ];
    }

    private static async Task<CaseResult> PausesAsync(EngineSetting setting, EngineLoad load, string name)
    {
        var (rates, pauses) = (new List<double>(), new List<IReadOnlyDictionary<string, double>>());
        for (var number = 1; number <= setting.Options.Runs; number++)
        {
            var output = load.Output($"pauses-{name}{number}");
            await load.CreateAsync(output);
            var run = new StreamRun(load.Connection, load.Application($"pauses-{name}{number}")) { Records = load.Records, CatchUpCommitInterval = Often };
            var measured = await run.RunAsync(name == "count" ? EngineTopologies.Count(load, output, run.Changelogs) : EngineTopologies.Stateless(load, output));
            rates.Add(measured.RecordsPerSecond);
            pauses.Add(run.Pauses.Figures(TimeSpan.FromSeconds(load.Records / measured.RecordsPerSecond)));
        }

        rates.Sort();
        return new CaseResult($"pauses-{name}") { RecordsPerSecond = rates[rates.Count / 2], Low = rates[0], High = rates[^1], Figures = Median(pauses) };
    }

    private static Dictionary<string, double> Median(List<IReadOnlyDictionary<string, double>> runs) => runs[0].Keys.ToDictionary(
        static name => name, name => runs.Select(run => run[name]).Order().ElementAt(runs.Count / 2), StringComparer.Ordinal);
}
