using System.Diagnostics;
using System.Globalization;
using UsageStreams.Streams;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Benchmarks.Engine.Memory;

/// <summary>
/// Resident memory over hours of work in some minutes: an application that deduplicates and sums per minute, to which a minute of event time comes each second, so that
/// windows close and ids expire sixty times as fast, and that commits every 5 ms, twenty times as often as by default. What it keeps of each would add up.
/// </summary>
internal static class SoakCase
{
    private const int PerTick = 200;
    private const int Tenants = 10_000;
    private const long Start = 1_777_593_600_000;
    private const int Faster = 60;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan CommitInterval = TimeSpan.FromMilliseconds(5);

    private static readonly FixedLayout<long> Number = FixedLayout<long>.Instance;
    private static readonly FixedLayout<Usage> Usages = FixedLayout<Usage>.Instance;

    public static async Task<IReadOnlyList<CaseResult>> RunAsync(EngineSetting setting, IReadOnlyList<string> names)
    {
        var load = new EngineLoad(setting.Connection, 0);
        var output = load.Output("soak");
        await load.CreateAsync(load.Events, output);
        var options = new StreamsOptions
        {
            ApplicationId = load.Application("soak"),
            Connection = load.Connection,
            CommitInterval = CommitInterval,
            CatchUpCommitInterval = CommitInterval,
        };
        await using var streams = new KafkaStreams(Topology(load.Events, output), options);
        await streams.StartAsync();
        var (memory, duration) = (new ResidentMemory(), TimeSpan.FromMinutes(setting.Options.Minutes));
        using var ended = new CancellationTokenSource(duration);
        var published = Task.Run(() => PublishAsync(load, ended.Token));
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            await Task.WhenAny(streams.Completion, Task.Delay(Between));
            if (streams.Completion.IsFaulted) await streams.Completion;
            memory.Add(Stopwatch.GetElapsedTime(started), ResidentMemory.WithoutGarbage());
            EngineSetting.Say(string.Create(CultureInfo.InvariantCulture, $"{memory.LastMegabytes:0.0} MiB after {streams.Metrics.TransactionsCommitted:N0} commits, lag {streams.Metrics.Lag:N0}"));
        }

        return [Result(await published, duration, memory, streams.Metrics)];
    }

    private static CaseResult Result(long records, TimeSpan duration, ResidentMemory memory, StreamsMetrics metrics) => new("soak")
    {
        RecordsPerSecond = records / duration.TotalSeconds,
        Figures = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["records"] = records,
            ["commits"] = metrics.TransactionsCommitted,
            ["windows that a tenant had, minutes"] = duration.TotalSeconds,
            ["resident at the end, MiB"] = memory.LastMegabytes,
            ["highest, MiB"] = memory.MaxMegabytes,
            ["slope of the second half, MiB/h"] = memory.Slope,
            ["begun anew"] = metrics.Recoveries,
        },
    };

    private static async Task<long> PublishAsync(EngineLoad load, CancellationToken ended)
    {
        using var publisher = new Publisher(load.Connection, EngineLoad.Partitions);
        using var timer = new PeriodicTimer(Tick);
        var started = Stopwatch.GetTimestamp();
        long number = 0;
        while (!ended.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            var time = Start + (long)(Stopwatch.GetElapsedTime(started).TotalMilliseconds * Faster);
            for (var i = 0; i < PerTick; i++, number++)
            {
                // A repeated event is the one before it.
                var id = number % 20 == 1 ? number - 1 : number;
                publisher.Send(load.Events, (long)((uint)id * 2654435761u % Tenants), new Usage(id, time, id % 1000));
            }
        }

        return number;
    }

    private static Streams.Topology Topology(string input, string output)
    {
        var builder = new StreamsBuilder();
        var consumed = Consumed.With(Number, Usages).WithName("events").WithTimestamps(static (in Record<long, Usage> record, long _) => record.Value.Time);
        var first = builder.Stream(input, consumed).Deduplicate("first", static (in Record<long, Usage> record) => record.Value.Id, TimeSpan.FromMinutes(2), Number);
        var sums = first.GroupByKey()
            .WindowedBy(TumblingWindows.Of(TimeSpan.FromMinutes(1)).WithGrace(TimeSpan.FromMinutes(1)))
            .Aggregate(
                static () => default,
                static (Total all, in Record<long, Usage> record) => new Total(all.Quantity + record.Value.Quantity, all.Events + 1),
                Materialized.As("sums", Number, FixedLayout<Total>.Instance));
        sums.ToStream("changes").To(output, Produced.With(Serdes.Windowed(Number), FixedLayout<Total>.Instance));
        first.Late.Merge(first.Duplicates).Foreach("again", static (in Record<long, Usage> _) => { });
        sums.Late.Foreach("late", static (in Record<Windowed<long>, Usage> _) => { });
        return builder.Build();
    }
}
