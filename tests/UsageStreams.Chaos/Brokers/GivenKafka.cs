using System.Diagnostics;
using UsageStreams.Chaos.Ingest;
using UsageStreams.Embedded.Registry;
using UsageStreams.Host.Kafka;
using UsageStreams.Streams;
using UsageStreams.Topology;

namespace UsageStreams.Chaos.Brokers;

/// <summary>A real Kafka that somebody else started. The run's names are its own there, so that runs don't meet.</summary>
internal sealed class GivenKafka : IChaosBroker, IIngestBroker
{
    private const string Node = "1";

    private readonly GivenPlace _place;
    private readonly string? _folder;
    private readonly EmbeddedRegistry? _registry;

    private GivenKafka(GivenPlace place, string prefix, EmbeddedRegistry? registry)
    {
        _place = place;
        _registry = registry;
        // './dev kafka start --dir' keeps the broker in a folder below, the script that it calls in the folder itself.
        var below = Path.Combine(place.Folder ?? "", "broker");
        _folder = place.Folder is not null && Directory.Exists(below) ? below : place.Folder;
        Access = new KafkaAccess(new KafkaConnection(place.Bootstrap), registry?.Url ?? place.Registry!, new UsageTopics(prefix));
    }

    public string Name => $"Kafka at {Access.Bootstrap}{(CanCrash ? "" : ", whose broker can't be killed from here (--kafka-dir)")}";

    public KafkaAccess Access { get; }

    public bool CanCrash => _folder is not null;

    public IReadOnlyList<string> Faults => CanCrash ? [Storm.Hold, Storm.KillBroker] : [];

    public IReadOnlyList<(string Name, decimal Value)> Counts => [];

    /// <summary>Opens it, with a registry of its own where none was given.</summary>
    public static async Task<GivenKafka> OpenAsync(GivenPlace place, CancellationToken cancellation)
    {
        var prefix = $"chaos-{Guid.NewGuid():N}.";
        var registry = place.Registry is not null ? null : await EmbeddedRegistry.StartAsync(
            new EmbeddedRegistryOptions { BootstrapServers = place.Bootstrap, Topic = prefix + "schemas" }, cancellationToken: cancellation);
        return new GivenKafka(place, prefix, registry);
    }

    public Task CrashAsync() => CrashAsync(TimeSpan.Zero, CancellationToken.None);

    public async Task CrashAsync(TimeSpan away, CancellationToken cancellation)
    {
        await ScriptAsync("kill");
        await Task.Delay(away, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ScriptAsync("restart-node");
    }

    public async Task HoldAsync(TimeSpan duration, CancellationToken cancellation)
    {
        await ScriptAsync("pause");
        await Task.Delay(duration, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ScriptAsync("resume");
    }

    // What a broker answers is not ours to change from outside.
    public Task FailAsync(string mode, TimeSpan duration, CancellationToken cancellation) =>
        throw new InvalidOperationException($"{Name} can't be made to '{mode}': that is none of its faults.");

    public async ValueTask DisposeAsync()
    {
        if (_registry is not null)
            await _registry.DisposeAsync();
    }

    private async Task ScriptAsync(string action)
    {
        // Its output is not taken: the node it starts would hold the pipe open.
        using var process = Process.Start(new ProcessStartInfo(_place.Script!, [action, "--dir", _folder!, Node]) { UseShellExecute = false })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(
                $"'{_place.Script} {action} --dir {_folder} {Node}' ended with {process.ExitCode}. Is --kafka-dir the folder that holds node{Node}?");
    }
}
