namespace UsageStreams.Embedded.Storage;

/// <summary>The data folder, held by a lock file for as long as the broker lives; the system lets go of it even when the process is killed.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    public string Path { get; }

    /// <exception cref="EmbeddedBrokerException">The folder cannot be written, or another broker holds it.</exception>
    public static DataFolder Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        string file = System.IO.Path.Combine(path, "broker.lock");
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(path, cause);
        }

        try
        {
            return new DataFolder(path, new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException cause)
        {
            throw NotWritable(path, cause);
        }
        catch (IOException cause) when (File.Exists(file))
        {
            throw new EmbeddedBrokerException(
                $"The data folder {path} is in use by another embedded broker ({file} is locked). Stop that one, or choose another data folder.", cause);
        }
        catch (IOException cause)
        {
            throw NotWritable(path, cause);
        }
    }

    public void Dispose() => _lock.Dispose();

    private static EmbeddedBrokerException NotWritable(string path, Exception cause) => new(
        $"The data folder {path} cannot be written: {cause.Message} Give the folder the needed rights or free space, or choose another data folder.", cause);
}
