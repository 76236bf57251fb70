using System.Diagnostics;
using UsageStreams.Avro.Registry;
using UsageStreams.Embedded.Registry;
using UsageStreams.Streams;
using UsageStreams.Topology;
using UsageStreams.Topology.Metering;

namespace UsageStreams.Benchmarks.Chain;

/// <summary>
/// Events per second through the metering topology, exactly once, Avro in and out, one stream thread, beside a tuned plain consume loop over the same topic.
/// </summary>
internal static class ChainBenchmark
{
    private const int DefaultRecords = 500_000;

    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        if (options.Bootstrap is null != options.Registry is null)
            throw new ArgumentException("--bootstrap and --registry go together: give both or neither.");
        await using var broker = options.Bootstrap is null ? await BrokerProcess.StartAsync() : null;
        var connection = new KafkaConnection(options.Bootstrap ?? broker!.Bootstrap);
        await using var registry = options.Registry is null ? await EmbeddedRegistry.StartAsync(new EmbeddedRegistryOptions { BootstrapServers = connection.BootstrapServers }) : null;
        using var client = new SchemaRegistryClient(options.Registry is { } url ? new Uri(url) : registry!.Url);
        var records = options.Records ?? DefaultRecords;
        var rounds = new Rounds();
        for (var run = 1; run <= options.Runs; run++)
        {
            var topics = new UsageTopics($"bench{Environment.ProcessId}-{run}-");
            var serdes = new UsageSerdes(client, topics);
            await Console.Error.WriteLineAsync($"run {run} of {options.Runs}: publishing {records:N0} events");
            await ChainLoad.PublishAsync(connection, serdes, records);
            rounds.Add("consume", PlainLoop.Run(connection, topics.Events, TopicCatalogue.DefaultPartitions, records));
            rounds.Add("metering", await MeterAsync(connection, serdes, records));
        }

        CaseResult.Print(rounds.Results("consume"), options.Json);
        return 0;
    }

    private static async Task<Measured> MeterAsync(KafkaConnection connection, UsageSerdes serdes, int records)
    {
        var state = Directory.CreateTempSubdirectory("usagestreams-bench-state-");
        try
        {
            return await MeterAsync(connection, serdes, records, state.FullName);
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }

    private static async Task<Measured> MeterAsync(KafkaConnection connection, UsageSerdes serdes, int records, string state)
    {
        await using var streams = new KafkaStreams(
            MeteringTopology.Build(serdes),
            new StreamsOptions { ApplicationId = serdes.Topics.MeteringApplication, Connection = connection, StateDirectory = state });
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        streams.StateChanged += change =>
        {
            if (change.New == StreamsState.Running) running.TrySetResult();
        };
        await streams.StartAsync();
        await Task.WhenAny(running.Task, streams.Completion);
        var before = streams.Metrics.RecordsConsumed;
        var allocated = GC.GetTotalAllocatedBytes();
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!IsDone(streams.Metrics) && await timer.WaitForNextTickAsync())
        {
            if (streams.Completion.IsFaulted) await streams.Completion;
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var left = records - before;
        return new Measured(left / seconds, (GC.GetTotalAllocatedBytes() - allocated) / (double)left);
    }

    private static bool IsDone(StreamsMetrics metrics)
    {
        var events = metrics.Tasks.Where(task => task.Id.SubTopology == "events").ToList();
        return events.Count == TopicCatalogue.DefaultPartitions && events.All(task => task.IsRunning && task.Lag == 0);
    }
}
