using System.Buffers;
using System.Buffers.Binary;

namespace UsageStreams.Avro.Registry;

/// <summary>What stands before a record's Avro body: a zero byte and the schema's id, four bytes big-endian.</summary>
public static class WireFormat
{
    /// <summary>Bytes before the body.</summary>
    public const int HeaderSize = 5;

    private const byte Magic = 0;

    /// <summary>Writes the header.</summary>
    /// <param name="schemaId">Id of the schema the body is written with.</param>
    /// <param name="output">Where to.</param>
    public static void WriteHeader(int schemaId, IBufferWriter<byte> output)
    {
        var span = output.GetSpan(HeaderSize);
        span[0] = Magic;
        BinaryPrimitives.WriteInt32BigEndian(span[1..], schemaId);
        output.Advance(HeaderSize);
    }

    /// <summary>Reads the header.</summary>
    /// <param name="data">A record's key or value.</param>
    /// <returns>Id of the schema the body behind the header is written with.</returns>
    /// <exception cref="AvroDataException">There is no such header.</exception>
    public static int ReadSchemaId(ReadOnlySpan<byte> data)
    {
        if (data.Length < HeaderSize)
            AvroFault.Value($"{data.Length} bytes are too few for the registry's wire format, whose header alone takes {HeaderSize}");
        if (data[0] != Magic)
            AvroFault.Value($"unknown magic byte 0x{data[0]:x2}: the registry's wire format starts with 0x00. Was the record written without a registry's serializer?");
        return BinaryPrimitives.ReadInt32BigEndian(data[1..]);
    }
}
