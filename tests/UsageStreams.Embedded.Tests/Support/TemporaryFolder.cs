namespace UsageStreams.Embedded.Tests.Support;

/// <summary>A folder for one test, removed at its end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("usagestreams-broker-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
