using System.Buffers;
using System.Collections.Concurrent;
using UsageStreams.Avro;
using UsageStreams.Avro.Registry;

namespace UsageStreams.Host.Kafka;

/// <summary>Turns values into bytes in the registry's wire format and back; a subject is named after its topic.</summary>
internal sealed class UsageValues(SchemaRegistryClient registry)
{
    private readonly ConcurrentDictionary<string, object> _serializers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Type, object> _deserializers = new();

    /// <summary>The bytes of a value of a topic.</summary>
    /// <exception cref="SchemaRegistryException">The registry can't be reached or refuses the schema.</exception>
    public byte[] Bytes<T>(string topic, T value)
        where T : class, IAvroRecord<T>
    {
        var serializer = (AvroRecordSerializer<T>)_serializers.GetOrAdd(topic, static (name, registry) => new AvroRecordSerializer<T>(registry, name + "-value"), registry);
        var buffer = new ArrayBufferWriter<byte>(512);
        serializer.Serialize(value, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The value that bytes of a topic stand for.</summary>
    /// <exception cref="HostException">They stand for none.</exception>
    public T Read<T>(string topic, ReadOnlySpan<byte> bytes)
        where T : class, IAvroRecord<T>
    {
        var deserializer = (AvroRecordDeserializer<T>)_deserializers.GetOrAdd(typeof(T), static (_, registry) => new AvroRecordDeserializer<T>(registry), registry);
        try
        {
            return deserializer.Deserialize(bytes);
        }
        catch (AvroDataException error)
        {
            throw new HostException(ExitCodes.Failed,
                $"A record of {topic} is no {typeof(T).Name}: {error.Message} Was it written by another program, or is --registry another one than before?", error);
        }
    }
}
