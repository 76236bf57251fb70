using System.Diagnostics;
using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>The engine on one topic, exactly once, one stream thread, beside the tuned plain consume loop.</summary>
internal static class EngineBenchmark
{
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(500);

    public static BenchmarkOptions Defaults { get; } = new() { Records = 2_000_000 };

    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        await using var broker = options.Bootstrap is null ? await BrokerProcess.StartAsync() : null;
        var load = new EngineLoad(new KafkaConnection(options.Bootstrap ?? broker!.Bootstrap), options.Records);
        await Console.Error.WriteLineAsync($"publishing {options.Records:N0} records");
        await load.PublishAsync();
        var runs = new Dictionary<string, List<Measured>>(StringComparer.Ordinal);
        for (var run = 1; run <= options.Runs; run++)
        {
            Add("plain", PlainLoop.Run(load.Connection, load.Events, EngineLoad.Partitions, load.Records));
            Add("consume", NativeLoop.Run(load));
            foreach (var (name, build) in Cases(load))
            {
                if (options.Only is null || options.Only == name) Add(name, await StreamAsync(load, name, run, build));
            }
        }

        var plain = Measured.Median(runs["plain"]);
        CaseResult.Print([.. runs.Select(one => Measured.Median(one.Value).As(one.Key, plain))], options.Json);
        return 0;

        void Add(string name, Measured measured)
        {
            if (!runs.TryGetValue(name, out var all)) runs.Add(name, all = []);
            all.Add(measured);
            Console.Error.WriteLine($"{name,-10} {measured.RecordsPerSecond,12:N0}/s {measured.BytesPerRecord,8:N1} B/record");
        }
    }

    private static (string Name, Func<string, ChangelogBytes, Streams.Topology> Build)[] Cases(EngineLoad load) =>
    [
        ("stateless", (output, _) => EngineTopologies.Stateless(load, output)),
        ("count", (output, bytes) => EngineTopologies.Count(load, output, bytes)),
        ("meter", (output, bytes) => EngineTopologies.Meter(load, output, bytes)),
    ];

    private static async Task<Measured> StreamAsync(EngineLoad load, string @case, int run, Func<string, ChangelogBytes, Streams.Topology> build)
    {
        var name = $"{@case}{run}";
        await load.CreateAsync(load.Output(name));
        var bytes = new ChangelogBytes();
        var topology = build(load.Output(name), bytes);
        await using var streams = new KafkaStreams(topology, new StreamsOptions { ApplicationId = load.Application(name), Connection = load.Connection });
        await streams.StartAsync();
        var tasks = topology.SubTopologies.Count * EngineLoad.Partitions;
        long started = 0, before = 0, allocated = 0, rest = 0, commits = 0, committed = 0;
        await foreach (var metrics in WatchAsync(streams))
        {
            if (started == 0 && metrics.RecordsConsumed > 0)
                (started, before) = (Stopwatch.GetTimestamp(), metrics.RecordsConsumed);
            if (allocated == 0 && Unread(metrics) is { } unread && unread <= load.Records / 2)
                (allocated, rest) = (GC.GetTotalAllocatedBytes(), unread);
            if (metrics.TransactionsCommitted > commits)
                (commits, committed) = (metrics.TransactionsCommitted, Stopwatch.GetTimestamp());
            if (IsDone(metrics, tasks) && Stopwatch.GetElapsedTime(committed) > Settled) break;
        }

        // The end is the last commit that had anything to write. Allocation is that of the second half: the first one grows the stores.
        var seconds = Stopwatch.GetElapsedTime(started, committed).TotalSeconds;
        var perRecord = (GC.GetTotalAllocatedBytes() - allocated) / (double)Math.Max(rest, 1);
        return new Measured((load.Records - before) / seconds, perRecord, bytes.Written == 0 ? null : bytes.Written / (double)load.Records);
    }

    /// <summary>Events that are still to be read; null while that is not known of every partition.</summary>
    private static long? Unread(StreamsMetrics metrics)
    {
        var events = metrics.Tasks.Where(static task => task.Id.SubTopology == "events").ToList();
        return events.Count == EngineLoad.Partitions && events.TrueForAll(static task => task.Lag is not null) ? events.Sum(static task => task.Lag!.Value) : null;
    }

    private static bool IsDone(StreamsMetrics metrics, int tasks) => metrics.Tasks.Count == tasks && metrics.Tasks.All(static task => task.IsRunning && task.Lag == 0);

    private static async IAsyncEnumerable<StreamsMetrics> WatchAsync(KafkaStreams streams)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (await timer.WaitForNextTickAsync())
        {
            if (streams.Completion.IsFaulted) await streams.Completion;
            yield return streams.Metrics;
        }
    }
}
