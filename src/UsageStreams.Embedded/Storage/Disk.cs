using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace UsageStreams.Embedded.Storage;

/// <summary>
/// All writes go through here. The first one that fails stops every later one: what was acknowledged before stays true,
/// and nothing is acknowledged on a disk that is full. Only a restart, which checks the files, ends that state.
/// </summary>
internal sealed class Disk(FileWrite write, ILogger logger)
{
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile StorageException? _failure;

    public Task Failed => _failed.Task;

    public bool HasFailed => _failure is not null;

    /// <summary>Opens a file for reading and writing, created when missing.</summary>
    /// <exception cref="StorageException">It cannot be opened: no space, no rights, too many open files.</exception>
    public SafeFileHandle Open(string path, FileMode mode)
    {
        try
        {
            return File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw Fail($"Opening {path} failed: {cause.Message}", cause);
        }
    }

    /// <exception cref="StorageException">It cannot be created.</exception>
    public void CreateFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw Fail($"Creating the folder {path} failed: {cause.Message}", cause);
        }
    }

    /// <exception cref="StorageException">This write failed, or an earlier one did.</exception>
    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long position, string path)
    {
        ThrowIfFailed();
        try
        {
            write(file, bytes, position);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            CutHalfWritten(file, position);
            throw Fail($"Writing {bytes.Length} bytes to {path} failed: {cause.Message}", cause);
        }
    }

    public void Flush(SafeFileHandle file, string path)
    {
        ThrowIfFailed();
        try
        {
            RandomAccess.FlushToDisk(file);
        }
        catch (ObjectDisposedException)
        {
            // The file was deleted or replaced meanwhile: nothing of it is to be kept.
        }
        catch (IOException cause)
        {
            throw Fail($"Forcing {path} to the disk failed: {cause.Message}", cause);
        }
    }

    public StorageException Fail(string what, Exception cause)
    {
        var failure = new StorageException(
            $"{what} The embedded broker takes no more writes; free space on the disk (or repair it) and start it again.", cause);
        _failure = failure;
        if (_failed.TrySetException(new EmbeddedBrokerException(failure.Message, cause)))
            BrokerLog.DiskFailed(logger, failure.Message);
        _ = _failed.Task.Exception;
        return failure;
    }

    public void ThrowIfFailed()
    {
        if (_failure is { } failure)
            throw new StorageException(failure.Message, failure);
    }

    private void CutHalfWritten(SafeFileHandle file, long position)
    {
        try
        {
            RandomAccess.SetLength(file, position);
        }
        catch (IOException cause)
        {
            BrokerLog.CutFailed(logger, position, cause);
        }
    }
}

/// <summary>The disk refused a write; clients are answered KAFKA_STORAGE_ERROR (56).</summary>
internal sealed class StorageException(string message, Exception cause) : Exception(message, cause);
