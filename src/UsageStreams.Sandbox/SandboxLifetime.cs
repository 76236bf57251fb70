using Microsoft.Extensions.Hosting;

namespace UsageStreams.Sandbox;

/// <summary>
/// Leaves the end of the process to whoever runs the sandbox: the framework's own lifetime takes SIGTERM and Ctrl-C for itself, and the systems
/// would be gone before the workers that still deliver to them have drained.
/// </summary>
internal sealed class SandboxLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
