using System.Diagnostics;
using Microsoft.Extensions.Logging;
using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>One start of an application whose input is empty and whose store is full: from its assignment until all tasks process.</summary>
internal sealed class RestoreRun : ILogger<KafkaStreams>
{
    private const int RecordLength = 32;

    private readonly TaskCompletionSource<Moment> _running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Moment? _assigned;

    /// <param name="load">Keys and topics.</param>
    /// <param name="options">How the application runs.</param>
    /// <param name="expected">Records that it must read from the changelog; none when local state has everything.</param>
    public static async Task<Measured> RunAsync(EngineLoad load, StreamsOptions options, long expected)
    {
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        var run = new RestoreRun();
        await using var streams = new KafkaStreams(EngineTopologies.Count(load, load.Output("restore"), new ChangelogBytes()), options, run);
        streams.StateChanged += change =>
        {
            if (change.New == StreamsState.Running) run._running.TrySetResult(Moment.Now());
        };
        var started = Moment.Now();
        await streams.StartAsync();
        await Task.WhenAny(run._running.Task, streams.Completion);
        if (streams.Completion.IsFaulted) await streams.Completion;
        var (begin, end) = (run._assigned!.Value, await run._running.Task);
        if (streams.Metrics.RecordsRestored != expected)
            throw new InvalidOperationException($"{streams.Metrics.RecordsRestored} records were read from the changelog; it should have been {expected}.");
        var seconds = Stopwatch.GetElapsedTime(begin.At, end.At).TotalSeconds;
        return new Measured(load.Records / seconds, (end.Allocated - begin.Allocated) / (double)load.Records)
        {
            Figures = new Dictionary<string, double>(StringComparer.Ordinal)
            {
                ["seconds"] = seconds,
                ["seconds, joining the group included"] = Stopwatch.GetElapsedTime(started.At, end.At).TotalSeconds,
                ["MB/s"] = load.Records * (double)RecordLength / seconds / 1e6,
                ["records per second of processor time, all threads of the client included"] = load.Records / (end.Processor - begin.Processor).TotalSeconds,
                ["managed heap, B/key"] = (GC.GetTotalMemory(forceFullCollection: true) - heap) / (double)load.Records,
            },
        };
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name == "Assigned") _assigned ??= Moment.Now();
        else if (logLevel > LogLevel.Warning) EngineSetting.Say(formatter(state, exception));
    }

    private readonly record struct Moment(long At, TimeSpan Processor, long Allocated)
    {
        public static Moment Now() => new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
    }
}
