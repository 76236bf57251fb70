using UsageStreams.Benchmarks;
using UsageStreams.Benchmarks.Dedup;
using UsageStreams.Benchmarks.Engine;
using UsageStreams.Benchmarks.Engine.Memory;
using UsageStreams.Benchmarks.Engine.Standby;
using UsageStreams.Benchmarks.Metering;
using UsageStreams.Benchmarks.Storage;

try
{
    return args switch
    {
        ["broker", var directory] => await BrokerProcess.ServeAsync(directory),
        [ActiveInstance.Verb, var bootstrap, var application, var input, var output] => await ActiveInstance.RunAsync(bootstrap, application, input, output),
        [ConfinedInstance.Verb, .. var rest] => await ConfinedInstance.RunAsync(rest),
        ["metering", .. var rest] => await MeteringBenchmark.RunAsync(BenchmarkOptions.Parse(rest)),
        ["storage", .. var rest] => StorageBenchmark.Run(BenchmarkOptions.Parse(rest)),
        ["dedup", .. var rest] => DedupBenchmark.Run(BenchmarkOptions.Parse(rest)),
        ["engine", .. var rest] => await EngineBenchmark.RunAsync(BenchmarkOptions.Parse(rest)),
        _ => Usage(),
    };
}
catch (ArgumentException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}

static int Usage()
{
    Console.Error.WriteLine($"""
        usage: bench metering [--json] [--records N] [--runs N] [--bootstrap HOST:PORT --registry URL]
               bench engine [--json] [--records N] [--runs N] [--keys N] [--minutes N] [--only CASE,CASE…] [--bootstrap HOST:PORT [--peer FOLDER]]
               bench storage [--json] [--runs N] [--keys N] [--only memory,disk,faster]
               bench dedup [--json] [--records N]
          metering  the metering topology, exactly once, with one worker thread and two, beside a tuned plain consume loop over the same topic;
                    and from an event to the running total that has it, at half that rate
          engine  the streams engine alone, exactly once, one thread, beside the same loop. Cases:
        {string.Join(Environment.NewLine, EngineCases.All.Select(static one => $"          {one.Name,-14} {one.Meaning}"))}
                  Without --only: {string.Join(", ", EngineCases.Usual)}. --peer adds the peer cases to these.
          storage state stores by themselves: in memory, on disk, and FASTER
          dedup   100 million live ids of a deduplication in one store on disk: bytes, look-ups, restart
        """);
    return 2;
}
