using System.Diagnostics;
using Confluent.Kafka;
using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine.Standby;

/// <summary>
/// Two instances with a partition each, under a steady load. One of them is killed, and the other takes its partition over: with a standby
/// (<c>standby</c>), and by a restore of everything (<c>standby-none</c>).
/// </summary>
internal static class StandbyCase
{
    private const int DefaultKeys = 5_000_000;
    private const int PerSecond = 20_000;
    private const string Settled = "group settled to first output, s";
    private static readonly TimeSpan Loaded = TimeSpan.FromSeconds(20);

    public static async Task<IReadOnlyList<CaseResult>> RunAsync(EngineSetting setting, IReadOnlyList<string> names)
    {
        var keys = (setting.Options.Keys ?? DefaultKeys) * StandbyTopology.Partitions;
        List<IReadOnlyDictionary<string, double>> with = [], without = [];
        for (var run = 1; run <= setting.Options.Runs; run++)
        {
            var load = new EngineLoad(setting.Connection, keys);
            await PrepareAsync(load, keys);
            without.Add(await TakeOverAsync(load, keys, standby: false));
            with.Add(await TakeOverAsync(load, keys, standby: true));
            EngineSetting.Say(
                $"standby run {run} of {setting.Options.Runs}: first output {with[^1][Settled]:0.00} s after the group settled with a standby, {without[^1][Settled]:0.00} s without");
        }

        return [Result("standby", with), Result("standby-none", without)];
    }

    private static async Task PrepareAsync(EngineLoad load, int keys)
    {
        var changelog = $"{load.Application("standby")}-counts-changelog";
        await load.CreateAsync(StandbyTopology.Partitions, load.Events, load.Output("standby"), changelog);
        EngineSetting.Say($"publishing {keys:N0} keys to a changelog of {StandbyTopology.Partitions} partitions");
        using var publisher = new Publisher(load.Connection, StandbyTopology.Partitions);
        for (long key = 0; key < keys; key++) publisher.Send(changelog, key, new Stamp(1, 0, 0));
    }

    private static async Task<IReadOnlyDictionary<string, double>> TakeOverAsync(EngineLoad load, int keys, bool standby)
    {
        var (application, output, lag) = (load.Application("standby"), load.Output("standby"), new FollowedLag());
        await using var active = await ActiveInstance.StartAsync(load.Connection, application, load.Events, output);
        var options = new StreamsOptions { ApplicationId = application, Connection = load.Connection, Standby = standby };
        await using var survivor = new Survivor(options, load.Events, output, lag);
        var started = Stopwatch.GetTimestamp();
        await survivor.Streams.StartAsync();
        await survivor.UntilAsync(() => survivor.Running.Count == 1 && (!standby || survivor.Streams.Metrics.Standbys is [{ ToRead: 0 }]));
        var ready = Stopwatch.GetElapsedTime(started);
        var lost = 1 - survivor.Running[0];

        await using var steady = new SteadyLoad(load, keys, PerSecond);
        var delays = await WatchAsync(survivor, lag);
        lag.IsOn = false;
        var (first, committed) = (FirstOutput.Await(load.Connection, output, lost, IsolationLevel.ReadUncommitted), FirstOutput.Await(load.Connection, output, lost, IsolationLevel.ReadCommitted));
        await Task.Delay(TimeSpan.FromSeconds(2));
        var (killedAt, restored) = (Stopwatch.GetTimestamp(), survivor.Streams.Metrics.RecordsRestored);
        active.Kill();
        await survivor.UntilAsync(() => survivor.Running.Count == StandbyTopology.Partitions);
        var runningAt = Stopwatch.GetTimestamp();
        var (firstAt, committedAt) = (await first, await committed);
        var figures = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            [Settled] = Seconds(survivor.AssignedAt, firstAt),
            ["group settled to first committed output, s"] = Seconds(survivor.AssignedAt, committedAt),
            ["group settled to all tasks processing, s"] = Seconds(survivor.AssignedAt, runningAt),
            ["killed to group settled, s"] = Seconds(killedAt, survivor.AssignedAt),
            ["records read to take over"] = survivor.Streams.Metrics.RecordsRestored - restored,
            ["start to all state, s"] = ready.TotalSeconds,
        };
        if (standby) AddLag(figures, lag, delays);
        await survivor.Streams.StopAsync();
        return figures;
    }

    /// <summary>Looks at what the survivor says of itself while the load goes on.</summary>
    private static async Task<Quantiles> WatchAsync(Survivor survivor, FollowedLag lag)
    {
        var delays = new Quantiles();
        // The first second is compiling.
        await Task.Delay(TimeSpan.FromSeconds(1));
        lag.IsOn = true;
        var from = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Stopwatch.GetElapsedTime(from) < Loaded)
        {
            await timer.WaitForNextTickAsync();
            if (survivor.Streams.Metrics.Standbys is [{ Delay: { } delay }]) delays.Add(delay);
        }

        return delays;
    }

    private static void AddLag(Dictionary<string, double> figures, FollowedLag lag, Quantiles delays)
    {
        foreach (var (name, times) in new[] { ("from update to standby", lag.SinceUpdate), ("from the commit's write to standby", lag.SinceWritten), ("standby.delay", delays) })
        {
            figures[$"{name} p50, ms"] = times.At(0.5);
            figures[$"{name} p99, ms"] = times.At(0.99);
            figures[$"{name} max, ms"] = times.At(1);
        }

        figures["updates followed"] = lag.SinceUpdate.Count;
    }

    private static double Seconds(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalSeconds;

    private static CaseResult Result(string name, List<IReadOnlyDictionary<string, double>> runs) => new(name)
    {
        Figures = runs[0].Keys.ToDictionary(static figure => figure, figure => runs.Select(run => run[figure]).Order().ElementAt(runs.Count / 2), StringComparer.Ordinal),
    };
}
