using System.Diagnostics;
using System.Globalization;
using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine.Memory;

/// <summary>
/// Two applications, exactly once and at least once, each in a process of its own, over an input larger than the limit on their buffers, and a broker
/// that takes nothing: how much memory they come to. Then the broker takes everything, and they must get through.
/// </summary>
internal static class StuckSinkCase
{
    private const int DefaultRecords = 6_000_000;
    private const long Limit = 512L << 20;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    public static async Task<IReadOnlyList<CaseResult>> RunAsync(EngineSetting setting, IReadOnlyList<string> names)
    {
        // A broker of its own, because it must misbehave.
        await using var broker = await BrokerProcess.StartAsync();
        var load = new EngineLoad(new KafkaConnection(broker.Bootstrap), setting.Options.Records ?? DefaultRecords);
        EngineSetting.Say($"publishing {load.Records:N0} records");
        await load.PublishAsync();
        await load.CreateAsync(load.Output("once"), load.Output("least"));
        broker.TakeNothing(true);
        await using var once = new Watched("memory-exactly-once", load, load.Output("once"), ProcessingGuarantee.ExactlyOnce, Limit);
        await using var least = new Watched("memory-at-least-once", load, load.Output("least"), ProcessingGuarantee.AtLeastOnce, Limit);
        await once.WatchAsync(least, TimeSpan.FromMinutes(setting.Options.Minutes));
        broker.TakeNothing(false);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(once.ThroughAsync(LongestWait), least.ThroughAsync(LongestWait));
        EngineSetting.Say(string.Create(CultureInfo.InvariantCulture, $"both are through {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s after the broker takes records again"));
        return [once.Result(), least.Result()];
    }

    private sealed class Watched(string name, EngineLoad load, string output, ProcessingGuarantee guarantee, long limit) : IAsyncDisposable
    {
        private readonly ConfinedInstance _instance = ConfinedInstance.Start(load.Connection, load.Application(name), load, output, guarantee, limit);
        private readonly ResidentMemory _stuck = new();
        private readonly ResidentMemory _after = new();
        private Standing _last = null!;
        private double _managed;
        private double _seconds;

        public async Task WatchAsync(Watched other, TimeSpan duration)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
            var started = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(started) is var elapsed && elapsed < duration)
            {
                await timer.WaitForNextTickAsync();
                await LookAsync(_stuck, elapsed);
                await other.LookAsync(other._stuck, elapsed);
            }
        }

        /// <summary>Waits until everything is read.</summary>
        public async Task ThroughAsync(TimeSpan longest)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
            var started = Stopwatch.GetTimestamp();
            do
            {
                await timer.WaitForNextTickAsync();
                _seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
                await LookAsync(_after, TimeSpan.FromSeconds(_seconds));
                if (_seconds > longest.TotalSeconds)
                    throw new InvalidOperationException($"{name} has {_last.Lag:N0} records unread {longest} after the broker takes everything again.");
            }
            while (_last.Consumed < load.Records || _last.Lag > 0);
        }

        public CaseResult Result() => new(name)
        {
            Figures = new Dictionary<string, double>(StringComparer.Ordinal)
            {
                ["limit, MiB"] = limit / (double)(1 << 20),
                ["resident while nothing is taken, max MiB"] = _stuck.MaxMegabytes,
                ["resident while nothing is taken, last MiB"] = _stuck.LastMegabytes,
                ["managed of it, MiB"] = _managed,
                ["slope over the second half, MiB/h"] = _stuck.Slope,
                ["begun anew"] = _last.Recoveries,
                ["until everything is read after that, s"] = _seconds,
                ["resident then, max MiB"] = _after.MaxMegabytes,
            },
        };

        public ValueTask DisposeAsync() => _instance.DisposeAsync();

        private async Task LookAsync(ResidentMemory samples, TimeSpan at)
        {
            _last = await _instance.LookAsync();
            samples.Add(at, _last.Resident);
            if (samples == _stuck) _managed = _last.Managed / (double)(1 << 20);
        }
    }
}
