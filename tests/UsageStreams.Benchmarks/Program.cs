using UsageStreams.Benchmarks;
using UsageStreams.Benchmarks.Chain;
using UsageStreams.Benchmarks.Engine;

return args switch
{
    ["broker", var directory] => await BrokerProcess.ServeAsync(directory),
    ["chain", .. var rest] => await ChainBenchmark.RunAsync(BenchmarkOptions.Parse(rest)),
    ["engine", .. var rest] => await EngineBenchmark.RunAsync(BenchmarkOptions.Parse(rest, EngineBenchmark.Defaults)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: bench chain [--json] [--records N] [--runs N] [--bootstrap HOST:PORT --registry URL]
               bench engine [--json] [--records N] [--runs N] [--only stateless|count|meter] [--bootstrap HOST:PORT]
          chain   the metering topology, exactly once, against a tuned plain consume loop over the same topic
          engine  the streams engine alone, exactly once, one thread, fixed-layout records, against the same loop
        """);
    return 2;
}
