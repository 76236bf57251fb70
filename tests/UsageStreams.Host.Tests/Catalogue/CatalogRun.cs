using UsageStreams.Host.Kafka;
using UsageStreams.Host.Tests.Support;

namespace UsageStreams.Host.Tests.Catalogue;

/// <summary>Kafka and a registry, a folder of metric files, and <c>catalog</c> before them.</summary>
internal sealed class CatalogRun : IAsyncDisposable
{
    private readonly HostKafka _kafka = new();

    /// <summary>The folder of the metric files.</summary>
    public TemporaryFolder Files { get; } = new();

    public KafkaAccess Access => _kafka.Access;

    public UsageValues Values => _kafka.Values;

    public static async Task<CatalogRun> StartAsync()
    {
        var run = new CatalogRun();
        await run._kafka.InitializeAsync();
        return run;
    }

    /// <summary>Runs <c>catalog</c> on the files.</summary>
    public Task<(int Code, string Output, string Error)> CatalogAsync(string verb, params string[] options) => _kafka.Run(["catalog", verb, Files.Path, .. options]);

    /// <summary>Runs <c>topics</c>.</summary>
    public Task<(int Code, string Output, string Error)> TopicsAsync(string verb, params string[] options) => _kafka.Run(["topics", verb, .. options]);

    public async ValueTask DisposeAsync()
    {
        await _kafka.DisposeAsync();
        Files.Dispose();
    }
}
