using System.Buffers;
using System.Buffers.Binary;
using UsageStreams.Avro;
using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>A window's name as bytes: Avro's encoding of its parts in order, so that no part can run into the next.</summary>
internal sealed class WindowKeySerde : ISerde<WindowKey>
{
    public static WindowKeySerde Instance { get; } = new();

    public void Serialize(WindowKey value, IBufferWriter<byte> output)
    {
        var writer = new AvroWriter(output);
        Write(value, ref writer);
        writer.Flush();
    }

    public WindowKey Deserialize(ReadOnlySpan<byte> data)
    {
        var reader = new AvroReader(data);
        return Read(ref reader);
    }

    /// <summary>Writes a window's name that other things follow.</summary>
    public static void Write(in WindowKey value, ref AvroWriter writer)
    {
        writer.WriteString(value.Account);
        writer.WriteString(value.Contract);
        writer.WriteString(value.Metric);
        writer.WriteInt(value.Version);
        writer.WriteLong(value.Start);
    }

    /// <summary>Reads a window's name that other things follow.</summary>
    public static WindowKey Read(ref AvroReader reader) =>
        new(reader.ReadString(PartialPool.Texts), reader.ReadString(PartialPool.Texts), reader.ReadString(PartialPool.Texts), reader.ReadInt(), reader.ReadLong());
}

/// <summary>An identity as its 16 bytes.</summary>
internal sealed class EventDigestSerde : ISerde<EventDigest>
{
    public static EventDigestSerde Instance { get; } = new();

    public void Serialize(EventDigest value, IBufferWriter<byte> output)
    {
        BinaryPrimitives.WriteUInt128BigEndian(output.GetSpan(EventDigest.Size), value.Value);
        output.Advance(EventDigest.Size);
    }

    public EventDigest Deserialize(ReadOnlySpan<byte> data) => EventDigest.FromBytes(data);
}
