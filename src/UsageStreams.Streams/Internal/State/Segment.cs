namespace UsageStreams.Streams.Internal.State;

/// <summary>A piece of a state log: bytes are appended, and read back as they lie there.</summary>
internal abstract class Segment(int number) : IDisposable
{
    /// <summary>Its place in the log; 1 or more, ascending.</summary>
    public int Number { get; } = number;

    /// <summary>Bytes written.</summary>
    public int Length { get; protected set; }

    /// <summary>Writes behind what is there.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public abstract void Append(ReadOnlySpan<byte> bytes);

    /// <summary>The segment's own memory, valid until it is cut or closed, whatever is written or read meanwhile.</summary>
    public abstract ReadOnlySpan<byte> Read(int offset, int length);

    /// <summary>Forgets everything from <paramref name="length"/> on.</summary>
    public abstract void Truncate(int length);

    /// <summary>Done when everything written so far is safe from a power failure; another thread waits for the disk.</summary>
    public abstract Task SyncAsync();

    public abstract void Dispose();
}

/// <summary>Where the segments of one log lie.</summary>
internal abstract class SegmentFolder : IDisposable
{
    /// <summary>What a user knows the place by.</summary>
    public abstract string Name { get; }

    /// <summary>The segments that are there, ascending.</summary>
    public abstract IReadOnlyList<int> Numbers();

    public abstract Segment Create(int number);

    /// <summary>Opens a segment; its length is that of the file until it is truncated.</summary>
    public abstract Segment Open(int number);

    /// <summary>Deletes a segment that is no longer open.</summary>
    public abstract void Delete(int number);

    public abstract void Dispose();
}
