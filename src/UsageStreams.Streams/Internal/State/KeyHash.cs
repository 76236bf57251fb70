using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace UsageStreams.Streams.Internal.State;

/// <summary>Hashes keys for <see cref="KeyIndex"/>: by multiplication and folding, seeded per process, never stored.</summary>
internal static class KeyHash
{
    private const ulong Odd = 0x9e3779b97f4a7c15;
    private static readonly ulong Seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) | 1;

    public static ulong Of(ReadOnlySpan<byte> key)
    {
        ulong hash = Seed ^ (ulong)key.Length;
        while (key.Length >= 8)
        {
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(key), Odd);
            key = key[8..];
        }

        ulong rest = 0;
        foreach (byte one in key)
            rest = (rest << 8) | one;
        return Fold(hash ^ rest, BitOperations.RotateLeft(Seed, 32) | 1);
    }

    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}
