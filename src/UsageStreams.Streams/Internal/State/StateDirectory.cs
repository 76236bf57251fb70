namespace UsageStreams.Streams.Internal.State;

/// <summary>The state directory of an instance on disk: one process has it at a time, and in it one task has a folder at a time.</summary>
internal sealed class StateDirectory : IStateFolders, IDisposable
{
    private const string LockFile = ".lock";

    private readonly string _path;
    private readonly FileStream _lock;
    private readonly HashSet<TaskId> _open = [];

    private StateDirectory(string path, FileStream @lock, int segmentBytes) => (_path, _lock, SegmentBytes) = (path, @lock, segmentBytes);

    public int SegmentBytes { get; }

    /// <exception cref="StreamsException">Another process has it, or it can't be written.</exception>
    public static StateDirectory Open(string root, string applicationId, int segmentBytes)
    {
        string path = Path.Combine(root, applicationId);
        try
        {
            Directory.CreateDirectory(path);
            var file = new FileStream(Path.Combine(path, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new StateDirectory(path, file, segmentBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StreamsException(
                $"State directory '{path}' can't be used: {e.Message} If another instance of '{applicationId}' runs on this machine, give each a "
                + $"{nameof(StreamsOptions.StateDirectory)} of its own; else check the folder's rights.", e);
        }
    }

    public SegmentFolder? TryOpen(TaskId task)
    {
        lock (_open)
        {
            if (_open.Contains(task))
                return null;
            string path = Path.Combine(_path, task.SubTopology, task.Partition.ToString(System.Globalization.CultureInfo.InvariantCulture));
            var folder = new FileFolder(path, SegmentBytes, () => Release(task));
            _open.Add(task);
            return folder;
        }
    }

    public void Dispose() => _lock.Dispose();

    private void Release(TaskId task)
    {
        lock (_open)
            _open.Remove(task);
    }
}
