using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Storage;

/// <summary>One change of the journal's content; a null value removes the key.</summary>
internal readonly record struct JournalChange(string Key, byte[]? Value);

/// <summary>
/// The broker's own state (topics, groups, offsets, transactions) as a durable dictionary: an append-only file of checksummed frames,
/// each a set of changes that hold together or not at all. The latest value of each key is kept in memory; when the file has grown to
/// several times what lives, it is rewritten beside itself and swapped in once the disk has it. Nobody waits for that: changes go into both until then.
/// </summary>
internal sealed class Journal : IDisposable
{
    private const int FrameHeader = 8;
    private const long DefaultRewriteAbove = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, byte[]> _live;
    private readonly WireWriter _frame = new();
    private readonly Disk _disk;
    private readonly string _path;
    private readonly long _rewriteAbove;
    private SafeFileHandle _file;
    private long _size;
    private SafeFileHandle? _next;
    private long _sizeOfNext;
    private long _sizeAfterRewrite;
    private bool _isDisposed;

    private Journal(string path, Disk disk, SafeFileHandle file, long size, Dictionary<string, byte[]> live, long rewriteAbove)
    {
        (_path, _disk, _file, _size, _live, _rewriteAbove) = (path, disk, file, size, live, rewriteAbove);
    }

    /// <summary>The rewriting that goes on, or the last one. It does not fail: what the disk refuses ends all writing.</summary>
    public Task Rewriting { get; private set; } = Task.CompletedTask;

    private string NextPath => _path + ".new";

    /// <summary>Reads the file and cuts a torn last frame. Content is whatever the whole frames say.</summary>
    public static Journal Open(string path, Disk disk, long rewriteAbove = DefaultRewriteAbove)
    {
        var file = disk.Open(path, FileMode.OpenOrCreate);
        var live = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        byte[] bytes = new byte[RandomAccess.GetLength(file)];
        int read = 0;
        while (read < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(read), read) is > 0 and var count)
            read += count;
        int end = Replay(bytes.AsSpan(0, read), bytes, live);
        if (end < bytes.Length)
            RandomAccess.SetLength(file, end);
        return new Journal(path, disk, file, end, live, rewriteAbove);
    }

    /// <summary>All keys that begin with the prefix, with their values.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> Scan(string prefix)
    {
        lock (_gate)
            return [.. _live.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))];
    }

    public byte[]? Get(string key)
    {
        lock (_gate)
            return _live.GetValueOrDefault(key);
    }

    public void Put(string key, byte[]? value) => Put([new JournalChange(key, value)]);

    /// <summary>Writes all changes as one frame: after a crash either all are there or none.</summary>
    /// <exception cref="StorageException">The disk refused; nothing has changed.</exception>
    public void Put(ReadOnlySpan<JournalChange> changes)
    {
        if (changes.IsEmpty)
            return;
        lock (_gate)
        {
            BuildFrame(changes);
            _disk.Write(_file, _frame.WrittenSpan, _size, _path);
            _size += _frame.Length;
            if (_next is not null)
                WriteToNext(_next);
            foreach (var change in changes)
                Apply(_live, change);
            if (_next is null && _size > _rewriteAbove && _size > 4 * _sizeAfterRewrite)
                BeginRewrite();
        }
    }

    public void Flush()
    {
        SafeFileHandle file;
        lock (_gate)
            file = _file;
        _disk.Flush(file, _path);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _file.Dispose();
            _next?.Dispose();
            _frame.Dispose();
        }
    }

    private void BeginRewrite()
    {
        var next = _disk.Open(NextPath, FileMode.Create);
        _sizeOfNext = 0;
        foreach (var (key, value) in _live)
        {
            BuildFrame([new JournalChange(key, value)]);
            WriteToNext(next);
        }

        _next = next;
        Rewriting = Task.Factory.StartNew(EndRewrite, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private void WriteToNext(SafeFileHandle next)
    {
        _disk.Write(next, _frame.WrittenSpan, _sizeOfNext, NextPath);
        _sizeOfNext += _frame.Length;
    }

    // Forcing it to the disk can take a tenth of a second or more when the disk has other things to do: not under the lock, which every transaction takes.
    private void EndRewrite()
    {
        try
        {
            _disk.Flush(_next!, NextPath);
            lock (_gate)
            {
                if (!_isDisposed)
                    Swap();
            }
        }
        catch (StorageException)
        {
            // The disk remembers it, and refuses every write from here on.
        }
    }

    private void Swap()
    {
        try
        {
            File.Move(NextPath, _path, overwrite: true);
        }
        catch (IOException cause)
        {
            throw _disk.Fail($"Replacing {_path} by {NextPath} failed: {cause.Message}", cause);
        }

        _file.Dispose();
        (_file, _size, _sizeAfterRewrite, _next) = (_next!, _sizeOfNext, _sizeOfNext, null);
    }

    private void BuildFrame(ReadOnlySpan<JournalChange> changes)
    {
        _frame.Reset();
        _frame.Grow(FrameHeader);
        _frame.Flexible = true;
        _frame.WriteArrayLength(changes.Length);
        foreach (var change in changes)
        {
            _frame.WriteString(change.Key);
            _frame.WriteBoolean(change.Value is not null);
            _frame.WriteBytes(change.Value);
        }

        _frame.PatchInt32(0, _frame.Length - FrameHeader);
        _frame.PatchInt32(4, (int)Crc32C.Compute(_frame.WrittenSpan[FrameHeader..]));
    }

    private static int Replay(ReadOnlySpan<byte> bytes, byte[] buffer, Dictionary<string, byte[]> live)
    {
        int position = 0;
        var reader = new WireReader();
        while (bytes.Length - position >= FrameHeader)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(bytes[position..]);
            int start = position + FrameHeader;
            if (length <= 0 || length > bytes.Length - start
                || Crc32C.Compute(bytes.Slice(start, length)) != BinaryPrimitives.ReadUInt32BigEndian(bytes[(position + 4)..]))
                break;
            reader.Reset(buffer, start, start + length);
            reader.Flexible = true;
            for (int remaining = reader.ReadArrayLength(); remaining > 0; remaining--)
            {
                string key = reader.ReadString();
                bool present = reader.ReadBoolean();
                byte[] value = reader.ReadBytes();
                Apply(live, new JournalChange(key, present ? value : null));
            }

            position = start + length;
        }

        return position;
    }

    private static void Apply(Dictionary<string, byte[]> live, JournalChange change)
    {
        if (change.Value is null)
            live.Remove(change.Key);
        else
            live[change.Key] = change.Value;
    }
}
