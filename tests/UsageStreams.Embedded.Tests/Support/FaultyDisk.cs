using Microsoft.Win32.SafeHandles;

namespace UsageStreams.Embedded.Tests.Support;

/// <summary>A disk that is full from a chosen write on; of that write half the bytes still arrive, as on a real one.</summary>
internal sealed class FaultyDisk
{
    private int _writesLeft = int.MaxValue;

    /// <summary>Lets that many writes through and fails from then on.</summary>
    public void FailAfter(int writes) => Volatile.Write(ref _writesLeft, writes);

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long position)
    {
        if (Interlocked.Decrement(ref _writesLeft) >= 0)
        {
            RandomAccess.Write(file, bytes, position);
            return;
        }

        RandomAccess.Write(file, bytes[..(bytes.Length / 2)], position);
        throw new IOException("No space left on device");
    }
}
