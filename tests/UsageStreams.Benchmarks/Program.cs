using UsageStreams.Benchmarks;
using UsageStreams.Benchmarks.Chain;

return args switch
{
    ["broker", var directory] => await BrokerProcess.ServeAsync(directory),
    ["chain", .. var rest] => await ChainBenchmark.RunAsync(BenchmarkOptions.Parse(rest)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: bench chain [--json] [--records N] [--runs N] [--bootstrap HOST:PORT --registry URL]
          chain   the metering topology, exactly once, against a tuned plain consume loop over the same topic
        """);
    return 2;
}
