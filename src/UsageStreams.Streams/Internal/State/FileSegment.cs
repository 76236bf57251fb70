using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace UsageStreams.Streams.Internal.State;

/// <summary>A segment in a file: written by calls, so that a full disk is an error and no signal, and read through a mapping.</summary>
internal sealed unsafe class FileSegment : Segment
{
    private readonly SafeFileHandle _file;
    private readonly List<MemoryMappedViewAccessor> _views = [];
    private byte* _bytes;
    private long _mapped;
    private long _capacity;

    private FileSegment(int number, SafeFileHandle file, int length, long capacity)
        : base(number)
    {
        _file = file;
        _capacity = capacity;
        Length = length;
    }

    public static FileSegment Create(int number, string path, int capacity)
    {
        var segment = new FileSegment(number, File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read), 0, capacity);
        // The file has its full size from the start, as a hole: what is mapped once need not be mapped again.
        RandomAccess.SetLength(segment._file, capacity);
        return segment;
    }

    public static FileSegment Open(int number, string path)
    {
        SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        long length = RandomAccess.GetLength(file);
        return new FileSegment(number, file, checked((int)length), length);
    }

    public override void Append(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_file, bytes, Length);
        Length += bytes.Length;
        _capacity = Math.Max(_capacity, Length);
    }

    public override ReadOnlySpan<byte> Read(int offset, int length)
    {
        if (offset + (long)length > Length)
            throw new InvalidDataException($"Segment {Number} has {Length} bytes; {length} are asked for at {offset}.");
        if (offset + (long)length > _mapped)
            Map();
        return new ReadOnlySpan<byte>(_bytes + offset, length);
    }

    public override void Truncate(int length)
    {
        Unmap();
        // Cut and made longer again, so that nothing but zeros lies behind.
        RandomAccess.SetLength(_file, length);
        RandomAccess.SetLength(_file, _capacity);
        Length = length;
    }

    public override Task SyncAsync() => Task.Run(() => RandomAccess.FlushToDisk(_file));

    public override void Dispose()
    {
        Unmap();
        _file.Dispose();
    }

    // The last batch makes a segment longer than it was made. Somebody may still be looking at what was mapped before: compaction does, and looks keys up meanwhile.
    private void Map()
    {
        using var map = MemoryMappedFile.CreateFromFile(_file, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        MemoryMappedViewAccessor view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _views.Add(view);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref _bytes);
        _mapped = _capacity;
    }

    private void Unmap()
    {
        foreach (MemoryMappedViewAccessor view in _views)
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
        }

        _views.Clear();
        _bytes = null;
        _mapped = 0;
    }
}

/// <summary>Segments as files <c>0000000001.log</c> … of one folder.</summary>
internal sealed class FileFolder : SegmentFolder
{
    private const string Extension = ".log";

    private readonly string _path;
    private readonly int _segmentBytes;
    private readonly Action _released;

    /// <summary>Uses a folder, which is made when it is not there; <paramref name="released"/> is called when it is given up.</summary>
    public FileFolder(string path, int segmentBytes, Action released)
    {
        (_path, _segmentBytes, _released) = (path, segmentBytes, released);
        Directory.CreateDirectory(path);
    }

    public override string Name => _path;

    public override IReadOnlyList<int> Numbers()
    {
        var numbers = new List<int>();
        foreach (string file in Directory.EnumerateFiles(_path, "*" + Extension))
        {
            if (int.TryParse(Path.GetFileNameWithoutExtension(file), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int number))
                numbers.Add(number);
        }

        numbers.Sort();
        return numbers;
    }

    public override Segment Create(int number) => FileSegment.Create(number, PathOf(number), _segmentBytes);

    public override Segment Open(int number) => FileSegment.Open(number, PathOf(number));

    public override void Delete(int number) => File.Delete(PathOf(number));

    public override void Dispose() => _released();

    private string PathOf(int number) => Path.Combine(_path, number.ToString("D10", System.Globalization.CultureInfo.InvariantCulture) + Extension);
}
