using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using UsageStreams.Avro;

namespace UsageStreams.Model;

/// <summary>
/// Stands for a set of events, whatever their order: the sum, modulo 2^128, of the first 16 bytes of the SHA-256 of each event's identity.
/// Two equal digests with equal counts prove the same set of events, for everyone who can't find collisions of SHA-256.
/// </summary>
/// <param name="Value">The sum.</param>
public readonly record struct EventDigest(UInt128 Value)
{
    /// <summary>Bytes of a digest on the wire.</summary>
    public const int Size = 16;

    private const int StackLimit = 512;

    /// <summary>The digest of no event.</summary>
    public static EventDigest None => default;

    /// <summary>
    /// The digest of one event. Each part is preceded by its length, so that tenant "a-b" with source "c" differs from "a" with "b-c".
    /// </summary>
    public static EventDigest Of(string tenant, string source, string id)
    {
        var size = (3 * sizeof(int)) + Encoding.UTF8.GetMaxByteCount(tenant.Length) + Encoding.UTF8.GetMaxByteCount(source.Length) + Encoding.UTF8.GetMaxByteCount(id.Length);
        var buffer = size <= StackLimit ? stackalloc byte[StackLimit] : new byte[size];
        var length = Append(buffer, 0, tenant);
        length = Append(buffer, length, source);
        length = Append(buffer, length, id);
        return Hash(buffer[..length]);
    }

    /// <summary>The same of names that are UTF-8 already.</summary>
    public static EventDigest Of(ReadOnlySpan<byte> tenant, ReadOnlySpan<byte> source, ReadOnlySpan<byte> id)
    {
        var size = (3 * sizeof(int)) + tenant.Length + source.Length + id.Length;
        var buffer = size <= StackLimit ? stackalloc byte[StackLimit] : new byte[size];
        var length = Append(buffer, 0, tenant);
        length = Append(buffer, length, source);
        length = Append(buffer, length, id);
        return Hash(buffer[..length]);
    }

    /// <summary>Reads a digest from its 16 bytes, big-endian.</summary>
    /// <exception cref="ModelException">There are not 16 bytes.</exception>
    public static EventDigest FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length == Size
        ? Read(bytes)
        : throw new ModelException($"A digest has {Size} bytes, this one has {bytes.Length}; the record was not written by UsageStreams.");

    /// <summary>Some of its bits: any of them is as good as a hash of all.</summary>
    public override int GetHashCode() => (int)(uint)Value;

    /// <summary>The digest of both sets together; they must not overlap.</summary>
    public static EventDigest operator +(EventDigest left, EventDigest right) => new(unchecked(left.Value + right.Value));

    /// <summary>The same as the operator, for languages without it.</summary>
    public static EventDigest Add(EventDigest left, EventDigest right) => left + right;

    /// <summary>The digest of the left set without the right one, which must be part of it. Of a set without a larger one: the negative, modulo 2^128.</summary>
    public static EventDigest operator -(EventDigest left, EventDigest right) => new(unchecked(left.Value - right.Value));

    /// <summary>The same as the operator, for languages without it.</summary>
    public static EventDigest Subtract(EventDigest left, EventDigest right) => left - right;

    /// <summary>Writes the 16 bytes as Avro's bytes, without making an array.</summary>
    public void Write(ref AvroWriter writer)
    {
        Span<byte> bytes = stackalloc byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        writer.WriteBytes(bytes);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelException">There are not 16 bytes.</exception>
    public static EventDigest Read(ref AvroReader reader) => FromBytes(reader.ReadBytesSpan());

    /// <summary>The 16 bytes, big-endian.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        return bytes;
    }

    private static EventDigest Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    private static EventDigest Hash(ReadOnlySpan<byte> identity)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (OpenSslSha256.IsAvailable && identity.Length <= StackLimit && OpenSslSha256.TryHash(identity, hash)) return Read(hash);
        SHA256.HashData(identity, hash);
        return Read(hash);
    }

    private static int Append(Span<byte> buffer, int at, ReadOnlySpan<byte> part)
    {
        BinaryPrimitives.WriteInt32BigEndian(buffer[at..], part.Length);
        part.CopyTo(buffer[(at + sizeof(int))..]);
        return at + sizeof(int) + part.Length;
    }

    private static int Append(Span<byte> buffer, int at, string part)
    {
        var written = Encoding.UTF8.GetBytes(part, buffer[(at + sizeof(int))..]);
        BinaryPrimitives.WriteInt32BigEndian(buffer[at..], written);
        return at + sizeof(int) + written;
    }
}
