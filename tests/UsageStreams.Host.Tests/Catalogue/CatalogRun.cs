using Microsoft.Extensions.Logging.Abstractions;
using UsageStreams.Embedded;
using UsageStreams.Embedded.Registry;
using UsageStreams.Host.Commands;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Machine;
using UsageStreams.Streams;
using UsageStreams.Topology;

namespace UsageStreams.Host.Tests.Catalogue;

/// <summary>An embedded broker and registry, and the command line before them.</summary>
internal sealed class CatalogRun : IAsyncDisposable
{
    private readonly TemporaryFolder _data = new();
    private EmbeddedBroker _broker = null!;
    private EmbeddedRegistry _registry = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The folder of the metric files.</summary>
    public TemporaryFolder Files { get; } = new();

    public KafkaAccess Access { get; private set; } = null!;

    public KafkaSession Session { get; private set; } = null!;

    public static async Task<CatalogRun> StartAsync()
    {
        var run = new CatalogRun();
        run._broker = await LocalStack.StartBrokerAsync(Path.Combine(run._data.Path, "broker"), 0, NullLoggerFactory.Instance, Cancellation);
        run._registry = await LocalStack.StartRegistryAsync(run._broker.BootstrapServers, 0, NullLoggerFactory.Instance, Cancellation);
        run.Access = new KafkaAccess(new KafkaConnection(run._broker.BootstrapServers), run._registry.Url, new UsageTopics("test."));
        run.Session = await KafkaSession.OpenAsync(run.Access, Cancellation);
        await run.Session.CreateTopicsAsync(Cancellation);
        return run;
    }

    /// <summary>Runs <c>catalog</c> on the files.</summary>
    public Task<(int Code, string Output, string Error)> CatalogAsync(string verb, params string[] options) =>
        RunAsync(["catalog", verb, Files.Path, "--bootstrap", Access.Bootstrap, "--registry", Access.Registry.ToString(), "--prefix", "test.", .. options]);

    public static async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var code = await CommandRunner.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        Session.Dispose();
        await _registry.DisposeAsync();
        await _broker.DisposeAsync();
        _data.Dispose();
        Files.Dispose();
    }
}
