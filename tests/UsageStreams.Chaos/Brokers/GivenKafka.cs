using System.Diagnostics;
using UsageStreams.Embedded.Registry;
using UsageStreams.Host.Kafka;
using UsageStreams.Streams;
using UsageStreams.Topology;

namespace UsageStreams.Chaos.Brokers;

/// <summary>A real Kafka that somebody else started. The run's names are its own there, so that runs don't meet.</summary>
internal sealed class GivenKafka : IChaosBroker
{
    private const string Node = "1";

    private readonly ChaosOptions _options;
    private readonly string? _folder;
    private readonly EmbeddedRegistry? _registry;

    private GivenKafka(ChaosOptions options, string prefix, EmbeddedRegistry? registry)
    {
        _options = options;
        _registry = registry;
        // './dev kafka start --dir' keeps the broker in a folder below, the script that it calls in the folder itself.
        var below = Path.Combine(options.KafkaFolder ?? "", "broker");
        _folder = options.KafkaFolder is not null && Directory.Exists(below) ? below : options.KafkaFolder;
        Access = new KafkaAccess(new KafkaConnection(options.Bootstrap!), registry?.Url ?? options.Registry!, new UsageTopics(prefix));
    }

    public string Name => $"Kafka at {Access.Bootstrap}{(CanCrash ? "" : ", whose broker can't be killed from here (--kafka-dir)")}";

    public KafkaAccess Access { get; }

    public bool CanCrash => _folder is not null;

    /// <summary>Opens it, with a registry of its own where none was given.</summary>
    public static async Task<GivenKafka> OpenAsync(ChaosOptions options, CancellationToken cancellation)
    {
        var prefix = $"chaos-{Guid.NewGuid():N}.";
        var registry = options.Registry is not null ? null : await EmbeddedRegistry.StartAsync(
            new EmbeddedRegistryOptions { BootstrapServers = options.Bootstrap!, Topic = prefix + "schemas" }, cancellationToken: cancellation);
        return new GivenKafka(options, prefix, registry);
    }

    public async Task CrashAsync()
    {
        await ScriptAsync("kill");
        await ScriptAsync("restart-node");
    }

    public async ValueTask DisposeAsync()
    {
        if (_registry is not null)
            await _registry.DisposeAsync();
    }

    private async Task ScriptAsync(string action)
    {
        // Its output is not taken: the node it starts would hold the pipe open.
        using var process = Process.Start(new ProcessStartInfo(_options.KafkaScript!, [action, "--dir", _folder!, Node]) { UseShellExecute = false })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(
                $"'{_options.KafkaScript} {action} --dir {_folder} {Node}' ended with {process.ExitCode}. Is --kafka-dir the folder that holds node{Node}?");
    }
}
