using System.Diagnostics;
using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>
/// A store restored from its changelog by an application that starts with nothing: from the first record restored until all tasks process.
/// Its rival is the plain consume loop over the same changelog.
/// </summary>
internal static class RestoreCase
{
    private const int DefaultKeys = 5_000_000;
    private const int RecordLength = 32;

    public static async Task<IReadOnlyList<CaseResult>> RunAsync(EngineSetting setting, IReadOnlyList<string> names)
    {
        var load = new EngineLoad(setting.Connection, setting.Options.Keys ?? DefaultKeys);
        var application = load.Application("restore");
        var changelog = $"{application}-windows-changelog";
        await load.CreateAsync(load.Events, load.Output("restore"), changelog);
        EngineSetting.Say($"publishing {load.Records:N0} keys to a changelog");
        using (var publisher = new Publisher(setting.Connection, EngineLoad.Partitions))
        {
            for (long key = 0; key < load.Records; key++) publisher.Send(changelog, new WindowKey(key, 0), new Total(key, 1));
        }

        var rounds = new Rounds();
        for (var run = 1; run <= setting.Options.Runs; run++)
        {
            rounds.Add("restore-plain", PlainLoop.Run(setting.Connection, changelog, EngineLoad.Partitions, load.Records));
            rounds.Add("restore", await RestoreAsync(load, application));
        }

        return rounds.Results("restore-plain");
    }

    private static async Task<Measured> RestoreAsync(EngineLoad load, string application)
    {
        var topology = EngineTopologies.Count(load, load.Output("restore"), new ChangelogBytes());
        await using var streams = new KafkaStreams(topology, new StreamsOptions { ApplicationId = application, Connection = load.Connection });
        var running = new TaskCompletionSource<(long At, TimeSpan Processor, long Allocated)>(TaskCreationOptions.RunContinuationsAsynchronously);
        streams.StateChanged += change =>
        {
            if (change.New == StreamsState.Running) running.TrySetResult((Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes()));
        };
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        await streams.StartAsync();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (streams.Metrics.RecordsRestored == 0 && await timer.WaitForNextTickAsync())
        {
            if (streams.Completion.IsFaulted) await streams.Completion;
        }

        var (started, processor, before, allocated) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, streams.Metrics.RecordsRestored, GC.GetTotalAllocatedBytes());
        await Task.WhenAny(running.Task, streams.Completion);
        if (streams.Completion.IsFaulted) await streams.Completion;
        var end = await running.Task;
        var (seconds, records) = (Stopwatch.GetElapsedTime(started, end.At).TotalSeconds, streams.Metrics.RecordsRestored - before);
        return new Measured(records / seconds, (end.Allocated - allocated) / (double)records)
        {
            Figures = new Dictionary<string, double>(StringComparer.Ordinal)
            {
                ["MB/s"] = records * (double)RecordLength / seconds / 1e6,
                ["records per second of processor time, all threads of the client included"] = records / (end.Processor - processor).TotalSeconds,
                ["managed heap, B/key"] = (GC.GetTotalMemory(forceFullCollection: true) - heap) / (double)load.Records,
            },
        };
    }
}
