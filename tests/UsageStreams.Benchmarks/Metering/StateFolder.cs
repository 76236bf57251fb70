namespace UsageStreams.Benchmarks.Metering;

/// <summary>A folder for the state of one run.</summary>
internal sealed class StateFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("usagestreams-bench-state-");

    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
