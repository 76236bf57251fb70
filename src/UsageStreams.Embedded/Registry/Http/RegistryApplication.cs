using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry.Http;

/// <summary>The HTTP server of the registry, on the loopback address: no files, no configuration from outside, no logging of its own.</summary>
internal static class RegistryApplication
{
    /// <summary>Starts it.</summary>
    /// <exception cref="EmbeddedRegistryException">The port is taken or not permitted.</exception>
    public static async Task<WebApplication> StartAsync(int port, SchemaStore store, RegistryWriter writer, ILogger logger, CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        WebApplication application = builder.Build();
        application.Use(new ErrorAnswers(logger).InvokeAsync);
        application.UseRouting();
        ServerEndpoints.Map(application);
        new SchemaEndpoints(store).Map(application);
        new SubjectEndpoints(store, writer).Map(application);
        new VersionEndpoints(store, writer).Map(application);
        new CompatibilityEndpoints(store).Map(application);
        new ConfigEndpoints(store, writer).Map(application);
        new ModeEndpoints(store, writer).Map(application);
        try
        {
            await application.StartAsync(cancellationToken);
            return application;
        }
        catch (Exception error)
        {
            await application.DisposeAsync();
            if (error is IOException { InnerException: AddressInUseException })
            {
                throw new EmbeddedRegistryException(
                    $"Port {port} on {IPAddress.Loopback}, where the embedded registry should listen, is taken. End what listens there, or choose another port (0 for a free one).", error);
            }

            if (error is SocketException)
            {
                throw new EmbeddedRegistryException(
                    $"Port {port} on {IPAddress.Loopback}, where the embedded registry should listen, cannot be opened: {error.Message}. Choose another port (0 for a free one).", error);
            }

            throw;
        }
    }
}
