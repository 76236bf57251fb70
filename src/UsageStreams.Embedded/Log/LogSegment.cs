using Microsoft.Win32.SafeHandles;
using UsageStreams.Embedded.Storage;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Log;

/// <summary>
/// One file of a partition: whole record batches, one after the other, named by the offset of the first.
/// Appending, and looking into the index, happens under the partition's lock; reading bytes that are already there needs none.
/// </summary>
internal sealed class LogSegment : IDisposable
{
    private readonly Disk _disk;
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private bool _dirty;

    public LogSegment(string folder, long baseOffset, Disk disk)
    {
        _disk = disk;
        BaseOffset = baseOffset;
        _path = Path.Combine(folder, $"{baseOffset:D20}.log");
        _file = disk.Open(_path, FileMode.OpenOrCreate);
    }

    public long BaseOffset { get; }

    public long Size { get; private set; }

    public long MaxTimestamp { get; private set; } = -1;

    public OffsetIndex Index { get; } = new();

    public string FilePath => _path;

    public long FileLength => RandomAccess.GetLength(_file);

    public void Append(ReadOnlySpan<byte> batch, in BatchHeader header)
    {
        _disk.Write(_file, batch, Size, _path);
        _dirty = true;
        Account(header, batch.Length);
    }

    /// <summary>Takes up a batch that is in the file already.</summary>
    public void Account(in BatchHeader header, int size)
    {
        Index.Add(header.BaseOffset, Size, MaxTimestamp);
        // Lookups by time answer records, and a marker is none.
        if (!header.IsControl)
            MaxTimestamp = Math.Max(MaxTimestamp, header.MaxTimestamp);
        Size += size;
    }

    public int ReadAt(Span<byte> destination, long position)
    {
        int total = 0;
        while (total < destination.Length && RandomAccess.Read(_file, destination[total..], position + total) is > 0 and var read)
            total += read;
        return total;
    }

    /// <summary>Walks batch headers from a position at or before the wanted batch; returns where the batch that holds the offset begins.</summary>
    public long FindBatch(long position, long end, long offset)
    {
        Span<byte> chunk = stackalloc byte[2048];
        while (position < end)
        {
            int read = ReadAt(chunk[..(int)Math.Min(chunk.Length, end - position)], position);
            int walked = 0;
            while (read - walked >= BatchHeader.Length)
            {
                if (BatchHeader.ReadLastOffset(chunk[walked..]) >= offset)
                    return position + walked;
                walked += BatchHeader.ReadSize(chunk[walked..]);
            }

            if (walked == 0)
                break;
            position += walked;
        }

        return position;
    }

    /// <summary>
    /// Reads whole batches into the writer: from the position, up to the end, below the offset, within the budget; the first one
    /// even beyond the budget when asked, so that a large batch cannot stop a consumer. Returns the number of bytes.
    /// </summary>
    public int ReadBatches(long position, long end, long belowOffset, int budget, bool atLeastOne, WireWriter into)
    {
        int wanted = (int)Math.Min(Math.Max(budget, atLeastOne ? BatchHeader.Length : 0), end - position);
        int start = into.Length;
        var bytes = into.Grow(wanted);
        int whole = CountWhole(bytes[..ReadAt(bytes, position)], belowOffset, out int firstSize);
        if (whole == 0 && atLeastOne && firstSize > wanted)
        {
            into.Truncate(start);
            bytes = into.Grow(firstSize);
            whole = ReadAt(bytes, position) == firstSize ? firstSize : 0;
        }

        into.Truncate(start + whole);
        return whole;
    }

    public void CutTo(long size)
    {
        RandomAccess.SetLength(_file, size);
        _dirty = true;
    }

    /// <summary>Whether something was written since the last call; whoever is told so flushes.</summary>
    public bool TakeDirty()
    {
        bool dirty = _dirty;
        _dirty = false;
        return dirty;
    }

    /// <summary>Forces the file to the disk, without the partition's lock: appends go on meanwhile.</summary>
    public void Flush() => _disk.Flush(_file, _path);

    public void Dispose() => _file.Dispose();

    public void Delete()
    {
        Dispose();
        File.Delete(_path);
    }

    private static int CountWhole(ReadOnlySpan<byte> bytes, long belowOffset, out int firstSize)
    {
        int position = 0;
        firstSize = 0;
        while (bytes.Length - position >= BatchHeader.SizePrefix && BatchHeader.ReadBaseOffset(bytes[position..]) < belowOffset)
        {
            int size = BatchHeader.ReadSize(bytes[position..]);
            if (position == 0)
                firstSize = size;
            if (size > bytes.Length - position)
                break;
            position += size;
        }

        return position;
    }
}
