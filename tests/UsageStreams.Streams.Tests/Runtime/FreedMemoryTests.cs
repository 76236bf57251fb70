using System.Runtime.InteropServices;
using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Streams.Tests.Runtime;

public sealed class FreedMemoryTests
{
    private const int Block = 4000;
    private const int Blocks = 64 << 10;

    // What is kept lies between what is freed, so that the library can't give that back by itself.
    private const int KeptEvery = 1000;

    [Fact]
    public void What_another_thread_has_freed_between_what_it_keeps_goes_back_to_the_system()
    {
        Assert.SkipUnless(NativeLibrary.TryLoad("libc.so.6", out _), "The C library is not GNU's.");
        var kept = new List<nint>();
        var thread = new Thread(() => AllocateAndFree(kept));
        thread.Start();
        thread.Join();
        long before = Environment.WorkingSet;

        FreedMemory.Return();

        (before - Environment.WorkingSet).ShouldBeGreaterThan((long)Block * Blocks / 2);
        kept.ForEach(Marshal.FreeHGlobal);
    }

    private static void AllocateAndFree(List<nint> kept)
    {
        var blocks = new List<nint>();
        for (int i = 0; i < Blocks; i++)
        {
            nint block = Marshal.AllocHGlobal(Block);
            // Memory is resident once it is written.
            Marshal.WriteByte(block, 0, 1);
            Marshal.WriteByte(block, Block - 1, 1);
            (i % KeptEvery == 0 ? kept : blocks).Add(block);
        }

        blocks.ForEach(Marshal.FreeHGlobal);
    }
}
