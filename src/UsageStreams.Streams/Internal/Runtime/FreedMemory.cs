using System.Runtime.InteropServices;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>
/// Gives memory that clients have freed back to the system. GNU's C library keeps it in pools by thread, and the clients of each session have threads of
/// their own: what the queues of one session needed would stay beside what those of the next one need. Other C libraries are left alone.
/// </summary>
internal static unsafe class FreedMemory
{
    private static readonly delegate* unmanaged<nuint, int> Trim = Find();

    public static void Return()
    {
        if (Trim is not null)
            Trim(0);
    }

    private static delegate* unmanaged<nuint, int> Find() =>
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out nint library) && NativeLibrary.TryGetExport(library, "malloc_trim", out nint trim)
            ? (delegate* unmanaged<nuint, int>)trim
            : null;
}
