namespace UsageStreams.Streams.Internal.Wire;

/// <summary>
/// Buffers of batches that come and go, in three sizes, so that a batch of a few records takes little and one of many is copied twice at most. The
/// shared pool of the runtime gives up what one thread returns and another rents.
/// </summary>
/// <param name="largest">Bytes of the largest size; what needs more is made for once.</param>
/// <param name="kept">Bytes that wait to be used again at most.</param>
internal sealed class BufferPool(int largest, long kept)
{
    private const int Step = 8;

    private readonly (int Size, Stack<byte[]> Free)[] _classes = [(largest / Step / Step, []), (largest / Step, []), (largest, [])];
    private readonly Lock _gate = new();
    private long _freeBytes;

    /// <summary>A buffer of at least <paramref name="size"/> bytes, of any content.</summary>
    public byte[] Rent(int size)
    {
        foreach ((int bytes, Stack<byte[]> free) in _classes)
        {
            if (bytes < size)
                continue;
            lock (_gate)
            {
                if (!free.TryPop(out byte[]? buffer))
                    return new byte[bytes];
                _freeBytes -= bytes;
                return buffer;
            }
        }

        return new byte[size];
    }

    public void Return(byte[] buffer)
    {
        foreach ((int bytes, Stack<byte[]> free) in _classes)
        {
            if (bytes != buffer.Length)
                continue;
            lock (_gate)
            {
                if (_freeBytes + bytes > kept)
                    return;
                free.Push(buffer);
                _freeBytes += bytes;
            }
        }
    }
}
