using System.Buffers;
using UsageStreams.Avro;
using UsageStreams.Avro.Registry;

namespace UsageStreams.Streams;

/// <summary>
/// Records in the registry's wire format. What another version of the schema wrote is resolved to this one. Bytes that are no such record are
/// undecodable; a registry that can't be reached is retried, and no record is lost for it.
/// </summary>
/// <typeparam name="T">A type generated from a schema.</typeparam>
public sealed class AvroSerde<T> : ISerde<T>
    where T : IAvroRecord<T>
{
    private readonly AvroRecordSerializer<T> _serializer;
    private readonly AvroRecordDeserializer<T> _deserializer;

    /// <summary>Makes a serde.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="subject">Subject the schema is registered under, at the first record written: <c>topic-value</c> by convention.</param>
    public AvroSerde(SchemaRegistryClient registry, string subject)
    {
        _serializer = new AvroRecordSerializer<T>(registry, subject);
        _deserializer = new AvroRecordDeserializer<T>(registry);
    }

    /// <summary>Registers the schema now, so that a refusal shows at start and not at the first record.</summary>
    /// <exception cref="SchemaRegistryException">The registry can't be reached or refuses the schema.</exception>
    public void Register(CancellationToken cancellationToken = default) => _serializer.Register(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="RetriableException">The registry can't be reached.</exception>
    /// <exception cref="IncompatibleSchemaException">The registry refuses the schema.</exception>
    public void Serialize(T value, IBufferWriter<byte> output)
    {
        try
        {
            _serializer.Serialize(value, output);
        }
        catch (SchemaRegistryException e) when (e.IsTransient)
        {
            throw new RetriableException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="UndecodableException">The bytes are no record that this type can read.</exception>
    /// <exception cref="RetriableException">The registry can't be reached.</exception>
    public T Deserialize(ReadOnlySpan<byte> data)
    {
        try
        {
            return _deserializer.Deserialize(data);
        }
        catch (AvroDataException e)
        {
            throw new UndecodableException(e.Message, e);
        }
        catch (SchemaRegistryException e) when (e.IsTransient)
        {
            throw new RetriableException(e.Message, e);
        }
    }
}
