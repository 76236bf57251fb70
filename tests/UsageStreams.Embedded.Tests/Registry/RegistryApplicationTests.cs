using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using UsageStreams.Embedded.Registry;
using UsageStreams.Embedded.Registry.Http;
using UsageStreams.Embedded.Registry.Log;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Tests.Registry;

public sealed class RegistryApplicationTests
{
    [Fact]
    public async Task The_server_leaves_signals_to_the_process_that_runs_it()
    {
        // No broker is needed to serve: the clients connect in the background, and nothing is written here.
        var options = new EmbeddedRegistryOptions { BootstrapServers = "127.0.0.1:1" };
        using var topic = new SchemasTopic(options);
        using var log = new SchemasWriter(options, topic.Partition, NullLogger.Instance);
        var store = new SchemaStore(TimeProvider.System);
        using var writer = new RegistryWriter(store, topic, log, options.KafkaTimeout);

        await using WebApplication application = await RegistryApplication.StartAsync(
            0, store, writer, NullLogger.Instance, TestContext.Current.CancellationToken);

        application.Services.GetRequiredService<IHostLifetime>().ShouldBeOfType<EmbeddedLifetime>();
    }
}
