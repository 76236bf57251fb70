using System.Buffers;

namespace UsageStreams.Avro.Registry;

/// <summary>Writes records in the registry's wire format. Safe to share between threads.</summary>
/// <typeparam name="T">The record type.</typeparam>
public sealed class AvroRecordSerializer<T>
    where T : IAvroRecord<T>
{
    private const int Unregistered = -1;

    private readonly SchemaRegistryClient _registry;
    private readonly string _subject;
    private volatile int _schemaId = Unregistered;

    /// <summary>Creates a serializer; the schema is registered when it is first needed.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="subject">Subject of the schema, such as <c>usage.events-value</c>.</param>
    public AvroRecordSerializer(SchemaRegistryClient registry, string subject)
    {
        _registry = registry;
        _subject = subject;
    }

    /// <summary>Registers the schema unless that is done, so that what is wrong shows at start and not at the first record.</summary>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The schema's id.</returns>
    /// <exception cref="SchemaRegistryException">The registry cannot be reached or refuses the schema.</exception>
    public int Register(CancellationToken cancellation = default)
    {
        // Twice by two threads is once for the registry, and both get the same id.
        if (_schemaId == Unregistered)
            _schemaId = _registry.Register(_subject, T.Schema, cancellation);
        return _schemaId;
    }

    /// <summary>Writes a record.</summary>
    /// <param name="value">The record.</param>
    /// <param name="output">Where to. When an exception is thrown, part of the record may have been written.</param>
    /// <exception cref="AvroDataException">A member does not fit its schema.</exception>
    /// <exception cref="SchemaRegistryException">The schema was not registered yet, and the registry cannot be reached or refuses it.</exception>
    public void Serialize(T value, IBufferWriter<byte> output)
    {
        WireFormat.WriteHeader(Register(), output);
        var writer = new AvroWriter(output);
        try
        {
            T.Write(value, ref writer);
        }
        catch (AvroDataException error) when (error.Field is null)
        {
            throw new AvroDataException(error.Reason, field: Locate(value), innerException: error);
        }

        writer.Flush();
    }

    /// <summary>Writes once more to memory: the field that failed is the one that the bytes before it lead to.</summary>
    private static string? Locate(T value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new AvroWriter(buffer);
        try
        {
            T.Write(value, ref writer);
        }
        catch (AvroDataException)
        {
            writer.Flush();
        }

        return FieldLocator.Locate(T.Schema, buffer.WrittenSpan, buffer.WrittenCount);
    }
}
