using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine.Peer;

/// <summary>Java's <c>long</c>: 8 bytes, big-endian.</summary>
internal sealed class JavaLong : ISerde<long>
{
    public static JavaLong Instance { get; } = new();

    public void Serialize(long value, IBufferWriter<byte> output)
    {
        BinaryPrimitives.WriteInt64BigEndian(output.GetSpan(sizeof(long)), value);
        output.Advance(sizeof(long));
    }

    public long Deserialize(ReadOnlySpan<byte> data) => data.Length == sizeof(long)
        ? BinaryPrimitives.ReadInt64BigEndian(data)
        : throw new UndecodableException($"A long has 8 bytes; there are {data.Length}.");
}

/// <summary>Usage of a tenant: the event's id and its quantity.</summary>
internal readonly record struct PeerEvent(long Id, long Quantity)
{
    public sealed class Serde : ISerde<PeerEvent>
    {
        public void Serialize(PeerEvent value, IBufferWriter<byte> output)
        {
            JavaLong.Instance.Serialize(value.Id, output);
            JavaLong.Instance.Serialize(value.Quantity, output);
        }

        public PeerEvent Deserialize(ReadOnlySpan<byte> data) => data.Length == 2 * sizeof(long)
            ? new PeerEvent(BinaryPrimitives.ReadInt64BigEndian(data), BinaryPrimitives.ReadInt64BigEndian(data[sizeof(long)..]))
            : throw new UndecodableException($"An event has 16 bytes; there are {data.Length}.");
    }
}

/// <summary>A name and a number: a tenant and its event's id, an account and its window's start.</summary>
internal readonly record struct NameAndNumber(string Name, long Number)
{
    /// <summary>The partition that Java's client gives the name.</summary>
    public int PartitionOfName(int partitions)
    {
        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(Name.Length)];
        return Partitioners.Murmur2(bytes[..Encoding.UTF8.GetBytes(Name, bytes)], partitions);
    }

    public sealed class Serde : ISerde<NameAndNumber>
    {
        public void Serialize(NameAndNumber value, IBufferWriter<byte> output)
        {
            Serdes.Utf8.Serialize(value.Name, output);
            JavaLong.Instance.Serialize(value.Number, output);
        }

        public NameAndNumber Deserialize(ReadOnlySpan<byte> data) => data.Length >= sizeof(long)
            ? new NameAndNumber(Serdes.Utf8.Deserialize(data[..^sizeof(long)]), JavaLong.Instance.Deserialize(data[^sizeof(long)..]))
            : throw new UndecodableException($"A name and a number have at least 8 bytes; there are {data.Length}.");
    }
}
