using UsageStreams.Embedded;
using UsageStreams.Embedded.Registry;

namespace UsageStreams.Integration.Chain;

/// <summary>Kafka and a registry for the chain: the ones given by USAGESTREAMS_KAFKA and, if set, USAGESTREAMS_REGISTRY, else embedded ones.</summary>
public sealed class ChainKafka : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("usagestreams-chain-");
    private EmbeddedBroker? _broker;
    private EmbeddedRegistry? _registry;

    public string Bootstrap { get; private set; } = null!;

    public string Registry { get; private set; } = null!;

    public string Folder(string name) => Path.Combine(_directory.FullName, name);

    /// <summary>Options that lead a command here, under topic names no other run has.</summary>
    public string[] Options(out string prefix)
    {
        prefix = $"chain{Guid.NewGuid():N}.";
        return ["--bootstrap", Bootstrap, "--registry", Registry, "--prefix", prefix];
    }

    public async ValueTask InitializeAsync()
    {
        Bootstrap = Environment.GetEnvironmentVariable("USAGESTREAMS_KAFKA") ?? "";
        if (Bootstrap.Length == 0)
        {
            _broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { DataDirectory = Folder("broker") });
            Bootstrap = _broker.BootstrapServers;
        }

        Registry = Environment.GetEnvironmentVariable("USAGESTREAMS_REGISTRY") ?? "";
        if (Registry.Length > 0) return;
        _registry = await EmbeddedRegistry.StartAsync(new EmbeddedRegistryOptions { BootstrapServers = Bootstrap, Topic = $"_schemas-{Guid.NewGuid():N}" });
        Registry = _registry.Url.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        if (_registry is not null) await _registry.DisposeAsync();
        if (_broker is not null) await _broker.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
