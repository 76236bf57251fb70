using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using UsageStreams.Gateway.Events;
using UsageStreams.Gateway.Pages;
using UsageStreams.Gateway.Tokens;
using UsageStreams.Producer;

namespace UsageStreams.Gateway;

/// <summary>
/// Takes usage events over HTTP for those who have no Kafka client: CloudEvents and plain JSON, with tokens, answered when all replicas in sync have
/// each event. Nothing is kept here: what was not acknowledged is the sender's to send again, with the same ids.
/// </summary>
public sealed class GatewayServer : IAsyncDisposable
{
    private readonly GatewayOptions _options;
    private readonly WebApplication _application;
    private readonly EventsEndpoint _events;
    private readonly GatewayMetrics _metrics = new();
    private readonly ILogger _logger;
    private bool _stopped;

    private GatewayServer(GatewayOptions options, UsageProducer producer, ILoggerFactory logs)
    {
        _options = options;
        _logger = logs.CreateLogger<GatewayServer>();
        var tokens = new TokenBook(options.TokensFile, options.TimeProvider, _logger);
        _events = new EventsEndpoint(options, producer, tokens, _metrics, _logger);
        var readiness = new ReadinessCheck(producer, _events, options.TimeProvider);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // A body that is somewhat too long is read to its end, so that its sender gets the answer; of one that is far too long the connection is cut.
            kestrel.Limits.MaxRequestBodySize = (2L * options.Limits.MaxBodyBytes) + (1 << 20);
            kestrel.Listen(options.Listen, listen =>
            {
                if (options.Certificate is { } certificate)
                    listen.UseHttps(certificate);
            });
        });
        builder.Services.AddRouting();
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton<IHostLifetime, GatewayLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout);
        builder.Services.AddGatewayDescription(options.Limits);
        _application = builder.Build();
        _application.UseRouting();
        _application.MapEvents(_events.HandleAsync);
        _application.MapHealth(readiness);
        _application.MapPages();
        Url = new Uri("http://127.0.0.1/");
    }

    /// <summary>Where it listens, ending in a slash.</summary>
    public Uri Url { get; private set; }

    /// <summary>Requests that are worked on.</summary>
    public int ActiveRequests => _metrics.Active;

    /// <summary>The routes that are served, for the test that holds the description against them.</summary>
    internal IEnumerable<Microsoft.AspNetCore.Routing.RouteEndpoint> Routes =>
        _application.Services.GetRequiredService<Microsoft.AspNetCore.Routing.EndpointDataSource>().Endpoints.OfType<Microsoft.AspNetCore.Routing.RouteEndpoint>();

    /// <summary>Starts a gateway; it serves when the task ends.</summary>
    /// <param name="options">How to listen, and whom to serve.</param>
    /// <param name="producer">Publishes the events; stays the caller's. Its queue must hold the largest request.</param>
    /// <param name="logs">Gets what is told; events and tokens never are.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <exception cref="GatewayException">An option is out of its range, the tokens can't be read, or the port is taken.</exception>
    public static async Task<GatewayServer> StartAsync(GatewayOptions options, UsageProducer producer, ILoggerFactory logs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(producer);
        options.Validate();
        if (options.Limits.MaxEventsPerRequest > producer.MaxQueuedEvents || options.Limits.MaxBodyBytes > producer.MaxQueuedBytes)
            throw new GatewayException(
                $"The producer's queue takes {producer.MaxQueuedEvents} events and {producer.MaxQueuedBytes} bytes, and a request may hold {options.Limits.MaxEventsPerRequest} events and "
                + $"{options.Limits.MaxBodyBytes} bytes: it would never be sent. Make the queue larger or requests smaller.");
        var server = new GatewayServer(options, producer, logs);
        try
        {
            await server._application.StartAsync(cancellationToken);
        }
        catch (IOException error)
        {
            await server.DisposeAsync();
            throw new GatewayException($"The gateway can't listen on {options.Listen}: {error.Message} Choose another port, or 0 for any free one.", error);
        }

        server.Url = new Uri(server._application.Urls.Single());
        GatewayLog.Started(server._logger, server.Url);
        return server;
    }

    /// <summary>Stops: it is no longer ready, takes no more requests, and lets those that were begun end within <see cref="GatewayOptions.DrainTimeout"/>.</summary>
    /// <param name="cancellationToken">Gives the waiting up.</param>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (_stopped)
            return;
        _stopped = true;
        _events.Drain();
        GatewayLog.Draining(_logger, _metrics.Active, _options.DrainTimeout);
        await _application.StopAsync(cancellationToken);
        GatewayLog.Stopped(_logger);
    }

    /// <summary>Stops it, unless that is done.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _application.DisposeAsync();
        _metrics.Dispose();
    }
}

/// <summary>Leaves the end of the process to whoever runs the gateway; the framework's own lifetime takes SIGTERM for itself.</summary>
internal sealed class GatewayLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
