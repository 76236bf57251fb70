namespace UsageStreams.Benchmarks.Engine;

/// <summary>Records per second over one topic, exactly once, one stream thread, beside the tuned plain consume loop.</summary>
internal static class RateCases
{
    private const int DefaultRecords = 5_000_000;

    public static async Task<IReadOnlyList<CaseResult>> RunAsync(EngineSetting setting, IReadOnlyList<string> names)
    {
        var load = new EngineLoad(setting.Connection, setting.Options.Records ?? DefaultRecords);
        EngineSetting.Say($"publishing {load.Records:N0} records");
        await load.PublishAsync();
        if (names.Contains("strings")) await load.PublishTextAsync();
        var rounds = new Rounds();
        for (var run = 1; run <= setting.Options.Runs; run++)
        {
            rounds.Add("plain", PlainLoop.Run(load.Connection, load.Events, EngineLoad.Partitions, load.Records));
            foreach (var name in names)
                rounds.Add(name, await MeasureAsync(load, name, run));
        }

        return rounds.Results("plain");
    }

    private static async Task<Measured> MeasureAsync(EngineLoad load, string name, int run) => name switch
    {
        "consume" => NativeLoop.Run(load),
        "drain" => NativeLoop.Drain(load),
        "consume-c" => await CLoop.RunAsync(load),
        _ => await StreamAsync(load, name, run),
    };

    private static async Task<Measured> StreamAsync(EngineLoad load, string name, int number)
    {
        var output = load.Output($"{name}{number}");
        await load.CreateAsync(output);
        var run = new StreamRun(load.Connection, load.Application($"{name}{number}")) { Records = load.Records };
        return await run.RunAsync(name switch
        {
            "stateless" => EngineTopologies.Stateless(load, output),
            "count" => EngineTopologies.Count(load, output, run.Changelogs),
            "strings" => TextTopology.Count(load, output, run.Changelogs),
            _ => EngineTopologies.Meter(load, output, run.Changelogs),
        });
    }
}
