using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace UsageStreams.Model;

/// <summary>
/// SHA-256 of few bytes by OpenSSL's own calls, where .NET has OpenSSL below itself as well. .NET makes three calls of each hash, each through a handle and
/// with the thread's errors cleared before it: of an identity that takes four times as long as the hash does. Elsewhere <see cref="IsAvailable"/> is false.
/// </summary>
internal static unsafe class OpenSslSha256
{
    private static readonly delegate* unmanaged[Cdecl]<nint> New;
    private static readonly delegate* unmanaged[Cdecl]<nint, void> Free;
    private static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, nint, nint, int> Init;
    private static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, byte*, nuint, int> Update;
    private static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, byte*, uint*, int> Final;
    private static readonly nint Algorithm;

    [ThreadStatic]
    private static Context? _context;

    static OpenSslSha256()
    {
        if (!NativeLibrary.TryLoad("libcrypto.so.3", out var library)) return;
        if (!NativeLibrary.TryGetExport(library, "EVP_MD_fetch", out var fetch)) return;
        if (!NativeLibrary.TryGetExport(library, "EVP_MD_CTX_new", out var create)) return;
        if (!NativeLibrary.TryGetExport(library, "EVP_MD_CTX_free", out var free)) return;
        if (!NativeLibrary.TryGetExport(library, "EVP_DigestInit_ex2", out var init)) return;
        if (!NativeLibrary.TryGetExport(library, "EVP_DigestUpdate", out var update)) return;
        if (!NativeLibrary.TryGetExport(library, "EVP_DigestFinal_ex", out var final)) return;
        New = (delegate* unmanaged[Cdecl]<nint>)create;
        Free = (delegate* unmanaged[Cdecl]<nint, void>)free;
        Init = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, nint, nint, int>)init;
        Update = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, byte*, nuint, int>)update;
        Final = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, byte*, uint*, int>)final;
        fixed (byte* name = "SHA256\0"u8) Algorithm = ((delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint>)fetch)(0, name, null);
    }

    /// <summary>Whether there is such a library here.</summary>
    public static bool IsAvailable => Algorithm != 0;

    /// <summary>Hashes; the garbage collector waits meanwhile, so give it little.</summary>
    /// <returns>False when the library refused, and nothing is in <paramref name="hash"/> then.</returns>
    public static bool TryHash(ReadOnlySpan<byte> data, Span<byte> hash)
    {
        var context = (_context ??= new Context()).Pointer;
        fixed (byte* from = data, to = hash)
            return context != 0 && Init(context, Algorithm, 0) == 1 && Update(context, from, (nuint)data.Length) == 1 && Final(context, to, null) == 1;
    }

    /// <summary>Where a thread's hash is worked out; freed when the thread has ended.</summary>
    private sealed class Context : SafeHandleZeroOrMinusOneIsInvalid
    {
        public Context()
            : base(ownsHandle: true) => SetHandle(New());

        public nint Pointer => handle;

        protected override bool ReleaseHandle()
        {
            Free(handle);
            return true;
        }
    }
}
