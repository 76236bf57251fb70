using UsageStreams.Embedded.Registry;

namespace UsageStreams.Embedded.Tests.Registry;

/// <summary>A broker for the tests of a class: the embedded one, or the Kafka that USAGESTREAMS_KAFKA names. Each registry gets a topic of its own.</summary>
public sealed class RegistryFixture : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("usagestreams-registry-").FullName;
    private EmbeddedBroker? _broker;

    internal string BootstrapServers { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        string? given = Environment.GetEnvironmentVariable("USAGESTREAMS_KAFKA");
        if (string.IsNullOrEmpty(given))
            _broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { DataDirectory = _directory });
        BootstrapServers = _broker?.BootstrapServers ?? given!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null)
            await _broker.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    internal static string NewTopic() => $"_schemas-{Guid.NewGuid():N}";

    internal Task<EmbeddedRegistry> StartAsync(string topic, int port = 0) => EmbeddedRegistry.StartAsync(
        new EmbeddedRegistryOptions { BootstrapServers = BootstrapServers, Topic = topic, Port = port }, logger: null, TestContext.Current.CancellationToken);
}
