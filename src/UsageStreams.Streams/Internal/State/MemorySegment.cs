namespace UsageStreams.Streams.Internal.State;

/// <summary>A segment in memory: for stores on disk where there is no disk, as in the test driver and the simulation.</summary>
internal sealed class MemorySegment(int number) : Segment(number)
{
    private byte[] _bytes = [];

    public override void Append(ReadOnlySpan<byte> bytes)
    {
        if (Length + bytes.Length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public override ReadOnlySpan<byte> Read(int offset, int length) => _bytes.AsSpan(0, Length).Slice(offset, length);

    public override void Truncate(int length) => Length = length;

    public override Task SyncAsync() => Task.CompletedTask;

    public override void Dispose()
    {
    }

    /// <summary>Changes a byte, as a failing disk does.</summary>
    public void Corrupt(int offset) => _bytes[offset] ^= 0x5a;
}

/// <summary>Segments in memory.</summary>
internal sealed class MemoryFolder : SegmentFolder
{
    private readonly SortedDictionary<int, MemorySegment> _segments = [];

    public override string Name => "memory";

    /// <summary>The segments, ascending: what a simulated crash may tear.</summary>
    public IReadOnlyCollection<MemorySegment> Segments => _segments.Values;

    public override IReadOnlyList<int> Numbers() => [.. _segments.Keys];

    public override Segment Create(int number)
    {
        var segment = new MemorySegment(number);
        _segments.Add(number, segment);
        return segment;
    }

    public override Segment Open(int number) => _segments[number];

    public override void Delete(int number) => _segments.Remove(number);

    public override void Dispose()
    {
    }
}
