using Microsoft.Extensions.Hosting;

namespace UsageStreams.Embedded.Registry.Http;

/// <summary>
/// Leaves the end of the process to whoever runs the registry. The framework's own lifetime takes SIGTERM and Ctrl-C for itself: the server
/// would stop before the workers that still need it, and a process with no other handler would not end at all.
/// </summary>
internal sealed class EmbeddedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
