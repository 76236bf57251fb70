using System.Buffers;
using UsageStreams.Avro;
using UsageStreams.Streams;

namespace UsageStreams.Integration.Sinks;

/// <summary>Avro without a registry: what the sinks do doesn't depend on it.</summary>
internal sealed class PlainAvro<T> : ISerde<T>
    where T : IAvroRecord<T>
{
    public void Serialize(T value, IBufferWriter<byte> output)
    {
        var writer = new AvroWriter(output);
        T.Write(value, ref writer);
        writer.Flush();
    }

    public T Deserialize(ReadOnlySpan<byte> data)
    {
        var reader = new AvroReader(data);
        try
        {
            return T.Read(ref reader);
        }
        catch (AvroDataException error)
        {
            throw new UndecodableException(error.Message, error);
        }
    }

    public byte[] ToBytes(T value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Serialize(value, buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
