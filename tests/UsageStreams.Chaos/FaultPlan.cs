using UsageStreams.Chaos.Brokers;
using UsageStreams.Host.Generate;
using UsageStreams.Host.Machine;

namespace UsageStreams.Chaos;

/// <summary>The faults of a run: who is killed and when, by seed.</summary>
internal sealed class FaultPlan(ChaosOptions options, IReadOnlyList<WorkerProcess> workers, IChaosBroker broker, Action<string> tell, TimeProvider time)
{
    private const int Crashes = 3;
    private const int LeastPauseMilliseconds = 3000;
    private const int MostPauseMilliseconds = 8000;

    private readonly Xoshiro _random = new(options.Seed);

    /// <summary>How often the broker was killed.</summary>
    public int BrokerRestarts { get; private set; }

    /// <summary>Does them until cancelled; a broker that was killed is started again before it ends.</summary>
    public Task RunAsync(CancellationToken cancellation) => Task.WhenAll(KillWorkersAsync(cancellation), CrashBrokerAsync(cancellation));

    private async Task KillWorkersAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var pause = TimeSpan.FromMilliseconds(LeastPauseMilliseconds + _random.NextInt(MostPauseMilliseconds - LeastPauseMilliseconds + 1));
            var worker = _random.NextInt(workers.Count);
            if (!await WaitAsync(pause, cancellation))
                return;
            if (workers[worker].TryKill())
                tell($"killed {ChaosRun.WorkerName(worker)}");
        }
    }

    private async Task CrashBrokerAsync(CancellationToken cancellation)
    {
        if (!broker.CanCrash)
            return;
        var start = time.GetTimestamp();
        for (var crash = 1; crash <= Crashes; crash++)
        {
            var left = (options.Duration * crash / (Crashes + 1)) - time.GetElapsedTime(start);
            if (!await WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellation))
                return;
            tell("killing the broker");
            await broker.CrashAsync();
            BrokerRestarts++;
            tell("the broker is back");
        }
    }

    private async Task<bool> WaitAsync(TimeSpan pause, CancellationToken cancellation)
    {
        await Task.Delay(pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellation.IsCancellationRequested;
    }
}
