using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace UsageStreams.Streams.Internal.Native;

/// <summary>Zeroed memory outside of the garbage collector's, freed when it is disposed of or nobody refers to it any more.</summary>
internal sealed unsafe class NativeBlock : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <param name="bytes">Its size, above 0.</param>
    public NativeBlock(nuint bytes)
        : base(ownsHandle: true)
    {
        Start = NativeMemory.AllocZeroed(bytes);
        SetHandle((nint)Start);
    }

    /// <summary>Its first byte; valid while the block is referred to and not disposed of.</summary>
    public void* Start { get; }

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free(Start);
        return true;
    }
}
