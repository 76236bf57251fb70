namespace UsageStreams.Sandbox.Tests;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("usagestreams-sandbox-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
