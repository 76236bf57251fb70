using UsageStreams.Host.Generate;
using UsageStreams.Host.Machine;

namespace UsageStreams.Chaos.Ingest;

/// <summary>The faults of a run: what happens when so many events are acknowledged, by seed.</summary>
internal sealed class Storm(IngestOptions options, IIngestBroker broker, WorkerProcess gateway, Acknowledged acknowledged, Action<string> tell, TimeProvider time)
{
    public const string Refuse = "refuse";
    public const string Lose = "lose";
    public const string Hold = "hold";
    public const string KillBroker = "kill the broker";
    public const string KillGateway = "kill the gateway";

    // The gateway gives an event up after two seconds: a broker that is held or away for longer leaves events unconfirmed.
    private static readonly string[] All = [Refuse, Lose, Hold, KillBroker, KillGateway];

    private readonly string[] _kinds = [.. All.Where(kind => kind == KillGateway || broker.Faults.Contains(kind))];
    private readonly Xoshiro _random = new(options.Seed + 1);
    private readonly int _rounds = Math.Clamp(options.Events / 100_000, 1, 4);
    private int _allowed;

    /// <summary>How often each kind of fault happened.</summary>
    public Dictionary<string, int> Faults { get; } = All.ToDictionary(static kind => kind, static _ => 0, StringComparer.Ordinal);

    /// <summary>Lets every kind of fault happen, spread over the events; ends with the last fault, or when nothing is sent any more.</summary>
    public async Task RunAsync(Task sending, CancellationToken cancellation)
    {
        var kinds = Enumerable.Range(0, _rounds).SelectMany(_ => Shuffled()).ToArray();
        for (var at = 0; at < kinds.Length; at++)
        {
            var due = Due(at, kinds.Length);
            Volatile.Write(ref _allowed, due);
            while (acknowledged.Count < due && !sending.IsCompleted)
                await Task.Delay(TimeSpan.FromMilliseconds(10), time, cancellation);
            if (sending.IsCompleted)
                return;
            tell($"{acknowledged.Count} events are acknowledged; {kinds[at]}");
            Volatile.Write(ref _allowed, at + 1 < kinds.Length ? Due(at + 1, kinds.Length) : options.Events);
            await DoAsync(kinds[at], cancellation);
            Faults[kinds[at]]++;
        }
    }

    /// <summary>Waits until an event may be sent: none is sent before the fault that comes before it has begun, so that every fault meets events.</summary>
    /// <param name="number">How many were made before it.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task WaitAsync(int number, CancellationToken cancellation)
    {
        // What is made and not yet full enough to be sent must not hold the next fault up.
        while (number > Volatile.Read(ref _allowed) + IngestRun.LargestRequest)
            await Task.Delay(TimeSpan.FromMilliseconds(5), time, cancellation);
    }

    private int Due(int fault, int faults) => (int)((long)options.Events * (fault + 1) / (faults + 2));

    private Task DoAsync(string kind, CancellationToken cancellation) => kind switch
    {
        Refuse or Lose => broker.FailAsync(kind, TimeSpan.FromMilliseconds(500 + _random.NextInt(1000)), cancellation),
        Hold => broker.HoldAsync(TimeSpan.FromMilliseconds(1000 + _random.NextInt(3000)), cancellation),
        KillBroker => broker.CrashAsync(TimeSpan.FromMilliseconds(_random.NextInt(3000)), cancellation),
        _ => Task.FromResult(gateway.TryKill()),
    };

    private string[] Shuffled()
    {
        string[] kinds = [.. _kinds];
        for (var at = kinds.Length - 1; at > 0; at--)
        {
            var other = _random.NextInt(at + 1);
            (kinds[at], kinds[other]) = (kinds[other], kinds[at]);
        }

        return kinds;
    }
}
