using Microsoft.Extensions.Logging.Abstractions;
using UsageStreams.Embedded;
using UsageStreams.Embedded.Registry;
using UsageStreams.Host.Commands;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Machine;
using UsageStreams.Streams;
using UsageStreams.Topology;

namespace UsageStreams.Host.Tests.Support;

/// <summary>An embedded broker and registry with all topics, for the tests of a class, and the command line against it.</summary>
public sealed class EmbeddedKafka : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private EmbeddedBroker _broker = null!;
    private EmbeddedRegistry _registry = null!;
    private KafkaSession _session = null!;

    internal KafkaAccess Access { get; private set; } = null!;

    internal UsageValues Values => _session.Values;

    internal UsageTopics Topics => Access.Topics;

    internal UsageSerdes Serdes => new(_session.Registry, Topics);

    public async ValueTask InitializeAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        _broker = await LocalStack.StartBrokerAsync(Path.Combine(_folder.Path, "broker"), 0, NullLoggerFactory.Instance, cancellation);
        _registry = await LocalStack.StartRegistryAsync(_broker.BootstrapServers, 0, NullLoggerFactory.Instance, cancellation);
        Access = new KafkaAccess(new KafkaConnection(_broker.BootstrapServers), _registry.Url, new UsageTopics("test."));
        _session = await KafkaSession.OpenAsync(Access, cancellation);
        await _session.CreateTopicsAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _session.Dispose();
        await _registry.DisposeAsync();
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
}
