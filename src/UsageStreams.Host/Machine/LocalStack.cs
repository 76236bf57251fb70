using Microsoft.Extensions.Logging;
using UsageStreams.Embedded;
using UsageStreams.Embedded.Registry;
using UsageStreams.Host.Kafka;
using UsageStreams.Sandbox;
using UsageStreams.Streams;
using UsageStreams.Topology;

namespace UsageStreams.Host.Machine;

/// <summary>What of an installation runs in this process: broker and registry, where no others are given, and the sandbox.</summary>
internal sealed class LocalStack : IAsyncDisposable
{
    private readonly EmbeddedBroker? _broker;
    private readonly EmbeddedRegistry? _registry;

    private LocalStack(EmbeddedBroker? broker, EmbeddedRegistry? registry, KafkaAccess access, SandboxServer sandbox)
    {
        _broker = broker;
        _registry = registry;
        Access = access;
        Sandbox = sandbox;
    }

    /// <summary>How to reach Kafka and the registry.</summary>
    public KafkaAccess Access { get; }

    /// <summary>The ERP and the CRM.</summary>
    public SandboxServer Sandbox { get; }

    /// <summary>Whether Kafka is the embedded one.</summary>
    public bool IsEmbedded => _broker is not null;

    /// <summary>Fails when the embedded broker's disk does.</summary>
    public Task BrokerFailed => _broker?.Failed ?? Task.Delay(Timeout.Infinite);

    /// <summary>Starts what is needed.</summary>
    /// <param name="folder">Where it keeps its data.</param>
    /// <param name="given">Kafka and registry that are there already; null to start embedded ones.</param>
    /// <param name="ports">Where to listen.</param>
    /// <param name="prefix">Prefix of the topics, for embedded ones.</param>
    /// <param name="logs">Where it logs.</param>
    /// <param name="cancellation">Gives it up.</param>
    public static async Task<LocalStack> StartAsync(
        DataFolder folder, KafkaAccess? given, LocalPorts ports, string prefix, ILoggerFactory logs, CancellationToken cancellation)
    {
        EmbeddedBroker? broker = null;
        EmbeddedRegistry? registry = null;
        try
        {
            var access = given;
            if (access is null)
            {
                broker = await StartBrokerAsync(folder.Broker, ports.Broker, logs, cancellation);
                registry = await StartRegistryAsync(broker.BootstrapServers, ports.Registry, logs, cancellation);
                access = new KafkaAccess(new KafkaConnection(broker.BootstrapServers), registry.Url, new UsageTopics(prefix));
            }

            var sandbox = await SandboxServer.StartAsync(new SandboxOptions { DataDirectory = folder.Sandbox, Port = ports.Sandbox }, cancellation);
            return new LocalStack(broker, registry, access, sandbox);
        }
        catch
        {
            await DisposeAsync(broker, registry);
            throw;
        }
    }

    /// <summary>Starts a broker.</summary>
    public static Task<EmbeddedBroker> StartBrokerAsync(string folder, int port, ILoggerFactory logs, CancellationToken cancellation) =>
        EmbeddedBroker.StartAsync(
            new EmbeddedBrokerOptions { DataDirectory = folder, Port = port }, logs.CreateLogger("UsageStreams.Broker"), ct: cancellation);

    /// <summary>Starts a registry.</summary>
    public static Task<EmbeddedRegistry> StartRegistryAsync(string bootstrap, int port, ILoggerFactory logs, CancellationToken cancellation) =>
        EmbeddedRegistry.StartAsync(
            new EmbeddedRegistryOptions { BootstrapServers = bootstrap, Port = port }, logs.CreateLogger("UsageStreams.Registry"), cancellation);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Sandbox.DisposeAsync();
        await DisposeAsync(_broker, _registry);
    }

    private static async ValueTask DisposeAsync(EmbeddedBroker? broker, EmbeddedRegistry? registry)
    {
        if (registry is not null)
            await registry.DisposeAsync();
        if (broker is not null)
            await broker.DisposeAsync();
    }
}

/// <summary>Ports on the loopback address; 0 is any free one.</summary>
internal sealed record LocalPorts(int Broker, int Registry, int Sandbox);
