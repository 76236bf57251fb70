using Microsoft.Extensions.Logging.Abstractions;
using UsageStreams.Embedded;
using UsageStreams.Embedded.Registry;
using UsageStreams.Host.Commands;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Machine;
using UsageStreams.Streams;
using UsageStreams.Topology;

namespace UsageStreams.Host.Tests.Support;

/// <summary>
/// Kafka and a registry with all topics, for the tests of a class, and the command line against them: those that USAGESTREAMS_KAFKA and, if set,
/// USAGESTREAMS_REGISTRY name, else embedded ones. Topics have names that no other run has.
/// </summary>
public sealed class HostKafka : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private EmbeddedBroker? _broker;
    private EmbeddedRegistry? _registry;
    private KafkaSession _session = null!;

    internal KafkaAccess Access { get; private set; } = null!;

    internal UsageValues Values => _session.Values;

    internal UsageTopics Topics => Access.Topics;

    internal UsageSerdes Serdes => new(_session.Registry, Topics);

    public async ValueTask InitializeAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var prefix = $"test{Guid.NewGuid():N}.";
        var bootstrap = await BootstrapAsync(cancellation);
        Access = new KafkaAccess(new KafkaConnection(bootstrap), await RegistryAsync(bootstrap, prefix + "schemas", cancellation), new UsageTopics(prefix));
        _session = await KafkaSession.OpenAsync(Access, cancellation);
        (await _session.CreateTopicsAsync(cancellation)).Count.ShouldBe(TopicCatalogue.All(Topics).Count);
    }

    public async ValueTask DisposeAsync()
    {
        _session.Dispose();
        if (_registry is not null)
            await _registry.DisposeAsync();
        if (_broker is not null)
            await _broker.DisposeAsync();
        _folder.Dispose();
    }

    internal void Publish<T>(string topic, IEnumerable<(string Key, T Value)> records)
        where T : class, Avro.IAvroRecord<T>
    {
        using var publisher = new UsagePublisher(Access, Values, "test");
        publisher.Begin();
        foreach (var (key, value) in records)
            publisher.Publish(topic, key, value);
        publisher.Commit();
    }

    /// <summary>Runs a command line against it.</summary>
    internal Task<(int Code, string Output, string Error)> Run(params string[] arguments) =>
        RunAsIs([.. arguments, "--bootstrap", Access.Bootstrap, "--registry", Access.Registry.ToString(), "--prefix", Topics.Prefix]);

    /// <summary>Runs a command line that needs no Kafka, or names its own.</summary>
    internal static async Task<(int Code, string Output, string Error)> RunAsIs(string[] line)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var code = await CommandRunner.RunAsync(line, output, error);
        return (code, output.ToString(), error.ToString());
    }

    private async Task<string> BootstrapAsync(CancellationToken cancellation)
    {
        if (Environment.GetEnvironmentVariable("USAGESTREAMS_KAFKA") is { Length: > 0 } given)
            return given;
        _broker = await LocalStack.StartBrokerAsync(Path.Combine(_folder.Path, "broker"), 0, NullLoggerFactory.Instance, cancellation);
        return _broker.BootstrapServers;
    }

    private async Task<Uri> RegistryAsync(string bootstrap, string topic, CancellationToken cancellation)
    {
        if (Environment.GetEnvironmentVariable("USAGESTREAMS_REGISTRY") is { Length: > 0 } given)
            return new Uri(given);
        _registry = await EmbeddedRegistry.StartAsync(new EmbeddedRegistryOptions { BootstrapServers = bootstrap, Topic = topic }, cancellationToken: cancellation);
        return _registry.Url;
    }
}
