using System.Diagnostics;
using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine.Memory;

/// <summary>The meter, restored and running, with nothing to read: processor time of the whole process, the clients' threads included.</summary>
internal static class IdleCase
{
    private const int DefaultRecords = 100_000;

    // Until the just-in-time compiler has done with what ran while there was something to do.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(30);

    public static async Task<IReadOnlyList<CaseResult>> RunAsync(EngineSetting setting, IReadOnlyList<string> names)
    {
        var load = new EngineLoad(setting.Connection, setting.Options.Records ?? DefaultRecords);
        await load.PublishAsync();
        await load.CreateAsync(load.Output("idle"));
        var options = new StreamsOptions { ApplicationId = load.Application("idle"), Connection = setting.Connection };
        await using var streams = new KafkaStreams(EngineTopologies.Meter(load, load.Output("idle"), new ChangelogBytes()), options);
        await streams.StartAsync();
        await Task.Delay(Settling);
        if (streams.State != StreamsState.Running || streams.Metrics.Lag > 0)
            throw new InvalidOperationException($"The application is {streams.State} with {streams.Metrics.Lag} records unread {Settling} after its start.");
        var (before, from, allocated) = (Environment.CpuUsage, Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes());
        await Task.Delay(Watched);
        var (spent, seconds) = (Environment.CpuUsage, Stopwatch.GetElapsedTime(from).TotalSeconds);
        return
        [
            new CaseResult("idle")
            {
                Figures = new Dictionary<string, double>(StringComparer.Ordinal)
                {
                    ["share of a core, %"] = (spent.TotalTime - before.TotalTime).TotalSeconds / seconds * 100,
                    ["of it in the system, %"] = (spent.PrivilegedTime - before.PrivilegedTime).TotalSeconds / seconds * 100,
                    ["allocated, KiB/s"] = (GC.GetTotalAllocatedBytes() - allocated) / seconds / 1024,
                    ["tasks"] = streams.Metrics.Tasks.Count,
                },
            },
        ];
    }
}
