namespace UsageStreams.Host.Work;

/// <summary>
/// Where a worker keeps its tasks' state: the folder that was given, which stays; else one below the system's folder for temporary files, which goes with
/// the worker, so that the next start restores everything from the changelogs.
/// </summary>
internal sealed class StateFolder : IDisposable
{
    private readonly bool _isTemporary;

    /// <param name="given">The folder; null for a temporary one.</param>
    public StateFolder(string? given)
    {
        _isTemporary = given is null;
        Path = given ?? Directory.CreateTempSubdirectory("usagestreams-state-").FullName;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    public void Dispose()
    {
        if (_isTemporary) Directory.Delete(Path, recursive: true);
    }
}
