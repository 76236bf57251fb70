using System.Buffers;
using System.Collections.Concurrent;

namespace UsageStreams.Avro.Registry;

/// <summary>Reads records in the registry's wire format, whichever version of the schema wrote them. Safe to share between threads.</summary>
/// <typeparam name="T">The record type.</typeparam>
public sealed class AvroRecordDeserializer<T>
    where T : IAvroRecord<T>
{
    // A buffer that one huge record made larger than this is not kept.
    private const int MaxKeptBuffer = 1 << 20;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    private readonly SchemaRegistryClient _registry;
    private readonly ConcurrentDictionary<int, Writer> _writers = new();

    /// <summary>Creates a deserializer; writers' schemas are asked for when they are first met.</summary>
    /// <param name="registry">The registry.</param>
    public AvroRecordDeserializer(SchemaRegistryClient registry) => _registry = registry;

    /// <summary>Reads a record.</summary>
    /// <param name="data">A record's key or value, header included.</param>
    /// <exception cref="AvroDataException">The bytes are no such record, their schema is unknown or cannot be read as <typeparamref name="T"/>,
    /// or something follows the record.</exception>
    /// <exception cref="SchemaRegistryException">The writer's schema is not known yet and the registry cannot be reached. The record may be fine.</exception>
    public T Deserialize(ReadOnlySpan<byte> data)
    {
        var writer = WriterOf(data);
        var body = data[WireFormat.HeaderSize..];
        return writer.Resolution.IsIdentity ? Read(body) : ReadResolved(writer, body);
    }

    /// <summary>Gives a record's body as <typeparamref name="T"/>'s schema writes it, for readers that make no object of it.</summary>
    /// <param name="data">A record's key or value, header included.</param>
    /// <returns>
    /// The very bytes behind the header when they were written with that schema; they were not looked at yet. Else what the writer's schema resolves
    /// to, in memory of this thread that is valid until its next call.
    /// </returns>
    /// <exception cref="AvroDataException">The bytes are no such record, or their schema is unknown or cannot be read as <typeparamref name="T"/>.</exception>
    /// <exception cref="SchemaRegistryException">The writer's schema is not known yet and the registry cannot be reached. The record may be fine.</exception>
    public ReadOnlySpan<byte> BodyOf(ReadOnlySpan<byte> data)
    {
        var writer = WriterOf(data);
        var body = data[WireFormat.HeaderSize..];
        return writer.Resolution.IsIdentity ? body : Resolve(writer, body);
    }

    private Writer WriterOf(ReadOnlySpan<byte> data)
    {
        var id = WireFormat.ReadSchemaId(data);
        return _writers.TryGetValue(id, out var writer) ? writer : _writers.GetOrAdd(id, FindWriter(id));
    }

    private Writer FindWriter(int id)
    {
        try
        {
            var schema = _registry.GetSchema(id)
                ?? throw new AvroDataException($"the schema registry at {_registry.Url} does not know schema id {id}: the record was written with another registry, or is damaged");
            return new Writer(schema, SchemaResolution.Create(schema, T.Schema));
        }
        catch (AvroSchemaException error)
        {
            throw new AvroDataException($"the record's schema, id {id}, cannot be used: {error.Message}", innerException: error);
        }
    }

    private static T Read(ReadOnlySpan<byte> body)
    {
        var reader = new AvroReader(body);
        try
        {
            var value = T.Read(ref reader);
            CheckEnd(in reader);
            return value;
        }
        catch (AvroDataException error) when (error.Field is null)
        {
            throw Located(error, T.Schema, body);
        }
    }

    private static T ReadResolved(Writer writer, ReadOnlySpan<byte> body) => Read(Resolve(writer, body));

    private static ReadOnlySpan<byte> Resolve(Writer writer, ReadOnlySpan<byte> body)
    {
        // A buffer that one huge record made large is given up at the next.
        var buffer = _buffer is { Capacity: <= MaxKeptBuffer } kept ? kept : _buffer = new ArrayBufferWriter<byte>();
        buffer.ResetWrittenCount();
        var from = new AvroReader(body);
        var to = new AvroWriter(buffer);
        try
        {
            writer.Resolution.Transcode(ref from, ref to);
            CheckEnd(in from);
        }
        catch (AvroDataException error) when (error.Field is null)
        {
            throw Located(error, writer.Schema, body);
        }

        to.Flush();
        return buffer.WrittenSpan;
    }

    private static void CheckEnd(in AvroReader reader)
    {
        if (reader.Remaining > 0)
            throw new AvroDataException($"{reader.Remaining} bytes follow the record", reader.Position);
    }

    private static AvroDataException Located(AvroDataException error, AvroSchema schema, ReadOnlySpan<byte> body) =>
        new(error.Reason, error.Position, FieldLocator.Locate(schema, body, Math.Max(0, error.Position)), error);

    private sealed record Writer(AvroSchema Schema, SchemaResolution Resolution);
}
