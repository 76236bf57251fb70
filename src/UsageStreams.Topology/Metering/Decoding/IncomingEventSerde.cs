using System.Buffers;
using UsageStreams.Avro;
using UsageStreams.Avro.Registry;
using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering.Decoding;

/// <summary>
/// Reads events of the registry's wire format. What our own schema wrote is read as it lies there; what another version wrote is resolved to ours
/// first. The engine keeps no bytes of a record beyond its processing, and neither does what is read here: strings are copies, shared by pools.
/// </summary>
internal sealed class IncomingEventSerde(SchemaRegistryClient registry, EventPools pools) : ISerde<IncomingEvent>
{
    private readonly AvroRecordDeserializer<UsageEvent> _records = new(registry);

    /// <summary>Metering reads events and never writes them.</summary>
    public void Serialize(IncomingEvent value, IBufferWriter<byte> output) =>
        throw new NotSupportedException("Events are written by their producers; what the meter reads of them does not hold all of an event.");

    public IncomingEvent Deserialize(ReadOnlySpan<byte> data)
    {
        try
        {
            var read = new EventReader(_records.BodyOf(data), pools).Read(out var isSound);
            return isSound ? read : read with { Fault = Broken(data) };
        }
        catch (AvroDataException e)
        {
            throw new UndecodableException(Explain(data, e), e);
        }
        catch (SchemaRegistryException e) when (e.IsTransient)
        {
            throw new RetriableException(e.Message, e);
        }
    }

    // Rules and words are those that producers are told by.
    private BrokenRule? Broken(ReadOnlySpan<byte> data) => UsageEventRules.Check(_records.Deserialize(data)) is { } fault ? new BrokenRule(fault) : null;

    // The generated reader knows the way to the field that is wrong.
    private string Explain(ReadOnlySpan<byte> data, AvroDataException found)
    {
        try
        {
            _records.Deserialize(data);
            return found.Message;
        }
        catch (AvroDataException located)
        {
            return located.Message;
        }
    }
}

/// <summary>Text of a pool, for the keys of records.</summary>
internal sealed class PooledTextSerde(TextPool pool) : ISerde<string>
{
    public void Serialize(string value, IBufferWriter<byte> output) => Serdes.Utf8.Serialize(value, output);

    public string Deserialize(ReadOnlySpan<byte> data) => pool.TryGet(data) ?? Serdes.Utf8.Deserialize(data);
}
