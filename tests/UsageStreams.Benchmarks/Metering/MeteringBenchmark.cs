using System.Diagnostics;
using UsageStreams.Avro.Registry;
using UsageStreams.Embedded.Registry;
using UsageStreams.Streams;
using UsageStreams.Topology;
using UsageStreams.Topology.Metering;

namespace UsageStreams.Benchmarks.Metering;

/// <summary>
/// The metering topology, exactly once, Avro in and out: events per second with one worker thread and with two, beside a tuned plain consume loop over the
/// same topic, and from an event's publication to the running total that has it, at half the rate of one thread.
/// </summary>
internal static class MeteringBenchmark
{
    // Less is mostly the beginning: pools are filled and stores are small.
    private const int DefaultRecords = 3_000_000;

    // What a worker compiles while it begins is not what it costs an event, and it has weeks to make up for it.
    private const int WarmUpRecords = 1_000_000;

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
        var latencies = new List<IReadOnlyDictionary<string, double>>();
        await Console.Error.WriteLineAsync($"warming up: {Math.Min(records, WarmUpRecords):N0} events");
        await MeterAsync(connection, await SerdesAsync(connection, client, "0", Math.Min(records, WarmUpRecords)), Math.Min(records, WarmUpRecords), threads: 1);
        for (var run = 1; run <= options.Runs; run++)
        {
            await Console.Error.WriteLineAsync($"run {run} of {options.Runs}: {records:N0} events");
            var one = await SerdesAsync(connection, client, $"{run}-1", records);
            rounds.Add("consume", PlainLoop.Run(connection, one.Topics.Events, TopicCatalogue.DefaultPartitions, records));
            var rate = await MeterAsync(connection, one, records, threads: 1);
            rounds.Add("metering, 1 thread", rate);
            rounds.Add("metering, 2 threads", await MeterAsync(connection, await SerdesAsync(connection, client, $"{run}-2", records), records, threads: 2));
            var topics = Serdes(client, $"{run}-latency");
            await MeteringLoad.PublishReferencesAsync(connection, topics);
            latencies.Add(await RunningLatency.RunAsync(connection, topics, rate.RecordsPerSecond / 2));
            await Console.Error.WriteLineAsync($"event to running total, p99: {latencies[^1]["p99, ms"]:N0} ms");
        }

        CaseResult.Print([.. rounds.Results("consume"), new CaseResult("latency") { Figures = Median(latencies) }], options.Json);
        return 0;
    }

    /// <summary>Starts the topology, and waits until all its tasks run.</summary>
    public static async Task<KafkaStreams> StartAsync(KafkaConnection connection, UsageSerdes serdes, StateFolder state, int threads)
    {
        var streams = new KafkaStreams(
            MeteringTopology.Build(serdes),
            new StreamsOptions { ApplicationId = serdes.Topics.MeteringApplication, Connection = connection, StateDirectory = state.Path, Threads = threads });
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        streams.StateChanged += change =>
        {
            if (change.New == StreamsState.Running) running.TrySetResult();
        };
        // Nothing is read until every thread has its part, or the first would do the work of all.
        streams.Pause();
        await streams.StartAsync();
        await await Task.WhenAny(running.Task, streams.Completion);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (streams.ThreadMetadata.Count(static thread => thread is { State: StreamThreadState.Running, Tasks.Count: > 0 }) < threads && await timer.WaitForNextTickAsync())
        {
            if (streams.Completion.IsFaulted) await streams.Completion;
        }

        streams.Resume();
        return streams;
    }

    private static UsageSerdes Serdes(SchemaRegistryClient client, string run) => new(client, new UsageTopics($"bench{Environment.ProcessId}-{run}-"));

    private static async Task<UsageSerdes> SerdesAsync(KafkaConnection connection, SchemaRegistryClient client, string run, int records)
    {
        var serdes = Serdes(client, run);
        await MeteringLoad.PublishAsync(connection, serdes, records);
        return serdes;
    }

    private static async Task<Measured> MeterAsync(KafkaConnection connection, UsageSerdes serdes, int records, int threads)
    {
        using var state = new StateFolder();
        await using var streams = await StartAsync(connection, serdes, state, threads);
        var started = Stopwatch.GetTimestamp();
        var half = await UntilAsync(streams, metrics => Left(metrics) <= records / 2);
        await UntilAsync(streams, IsDone);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        // The second half is steady: pools are filled and code is compiled; only state still grows, as it always does.
        return new Measured(records / seconds, (GC.GetTotalAllocatedBytes() - half.Allocated) / (double)Math.Max(1, half.Left));
    }

    private static async Task<(long Allocated, long Left)> UntilAsync(KafkaStreams streams, Func<StreamsMetrics, bool> isReached)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (true)
        {
            var metrics = streams.Metrics;
            if (isReached(metrics)) return (GC.GetTotalAllocatedBytes(), Left(metrics));
            if (streams.Completion.IsFaulted) await streams.Completion;
            await timer.WaitForNextTickAsync();
        }
    }

    private static long Left(StreamsMetrics metrics) =>
        metrics.Tasks.Where(task => task.Id.SubTopology == "events").Sum(task => task.Lag ?? 0);

    private static bool IsDone(StreamsMetrics metrics)
    {
        var events = metrics.Tasks.Where(task => task.Id.SubTopology == "events").ToList();
        return events.Count == TopicCatalogue.DefaultPartitions && events.All(task => task.IsRunning && task.Lag == 0);
    }

    private static Dictionary<string, double> Median(List<IReadOnlyDictionary<string, double>> runs) => runs[0].Keys.ToDictionary(
        static name => name, name => runs.Select(run => run[name]).Order().ElementAt(runs.Count / 2), StringComparer.Ordinal);
}
