using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace UsageStreams.Streams;

/// <summary>Which partition a key belongs to.</summary>
public static class Partitioners
{
    private const int StackLimit = 256;

    /// <summary>The partition that Kafka's Java client gives a key: <c>(murmur2(key) &amp; 0x7fffffff) % partitions</c>.</summary>
    /// <param name="key">The key's bytes.</param>
    /// <param name="partitions">Number of partitions, at least 1.</param>
    public static int Murmur2(ReadOnlySpan<byte> key, int partitions)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(partitions);
        return (int)(Murmur2Hash(key) & 0x7fffffff) % partitions;
    }

    /// <summary>As <see cref="Murmur2(ReadOnlySpan{byte}, int)"/>, of the key's UTF-8 bytes.</summary>
    public static int Murmur2(string key, int partitions)
    {
        int limit = Encoding.UTF8.GetMaxByteCount(key.Length);
        byte[]? rented = null;
        Span<byte> bytes = limit <= StackLimit ? stackalloc byte[StackLimit] : rented = ArrayPool<byte>.Shared.Rent(limit);
        int partition = Murmur2(bytes[..Encoding.UTF8.GetBytes(key, bytes)], partitions);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return partition;
    }

    internal static uint Murmur2Hash(ReadOnlySpan<byte> data)
    {
        const uint m = 0x5bd1e995;
        uint h = 0x9747b28c ^ (uint)data.Length;
        ReadOnlySpan<byte> rest = data;
        for (; rest.Length >= 4; rest = rest[4..])
        {
            uint k = BinaryPrimitives.ReadUInt32LittleEndian(rest) * m;
            k = (k ^ (k >> 24)) * m;
            h = (h * m) ^ k;
        }

        for (int i = rest.Length - 1; i >= 0; i--)
            h ^= (uint)rest[i] << (8 * i);
        if (!rest.IsEmpty)
            h *= m;
        h = (h ^ (h >> 13)) * m;
        return h ^ (h >> 15);
    }
}
