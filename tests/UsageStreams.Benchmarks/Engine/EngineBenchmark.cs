using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>The engine by itself: without Avro, usage or billing.</summary>
internal static class EngineBenchmark
{
    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        var cases = EngineCases.Choose(options);
        await using var broker = options.Bootstrap is null ? await BrokerProcess.StartAsync() : null;
        var setting = new EngineSetting(new KafkaConnection(options.Bootstrap ?? broker!.Bootstrap), options);
        var results = new List<CaseResult>();
        foreach (var section in cases.GroupBy(static one => one.RunAsync))
            results.AddRange(await section.Key(setting, [.. section.Select(static one => one.Name)]));
        CaseResult.Print(results, options.Json);
        return 0;
    }
}

/// <summary>Where the cases run, and how.</summary>
/// <param name="Connection">The broker.</param>
/// <param name="Options">What was asked for.</param>
internal sealed record EngineSetting(KafkaConnection Connection, BenchmarkOptions Options)
{
    public static void Say(string what) => Console.Error.WriteLine(what);
}
