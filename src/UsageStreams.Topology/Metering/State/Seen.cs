using System.Buffers;
using System.Buffers.Binary;
using UsageStreams.Streams;
using UsageStreams.Topology.Metering.Decoding;

namespace UsageStreams.Topology.Metering.State;

/// <summary>What is remembered of an event: where its first occurrence stands, and what was in it.</summary>
/// <param name="Offset">Offset of the first occurrence.</param>
/// <param name="Time">Its event time, Unix milliseconds.</param>
/// <param name="Arrival">Its arrival, Unix milliseconds.</param>
/// <param name="Content">Hash of its content.</param>
internal readonly record struct Seen(long Offset, long Time, long Arrival, ulong Content);

/// <summary>32 bytes.</summary>
internal sealed class SeenSerde : ISerde<Seen>
{
    private const int Size = 4 * sizeof(long);

    public static SeenSerde Instance { get; } = new();

    public void Serialize(Seen value, IBufferWriter<byte> output)
    {
        var bytes = output.GetSpan(Size);
        BinaryPrimitives.WriteInt64BigEndian(bytes, value.Offset);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], value.Time);
        BinaryPrimitives.WriteInt64BigEndian(bytes[16..], value.Arrival);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], value.Content);
        output.Advance(Size);
    }

    public Seen Deserialize(ReadOnlySpan<byte> data) => data.Length == Size
        ? new Seen(
            BinaryPrimitives.ReadInt64BigEndian(data),
            BinaryPrimitives.ReadInt64BigEndian(data[8..]),
            BinaryPrimitives.ReadInt64BigEndian(data[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(data[24..]))
        : throw new UndecodableException($"What is remembered of an event has {Size} bytes; there are {data.Length}.");
}

/// <summary>Tells first occurrences of events from repetitions.</summary>
internal sealed class SeenEvents(KeyValueStore<Model.EventDigest, Seen> store, long windowMillis)
{
    /// <summary>Remembers an event, unless it is remembered already.</summary>
    /// <returns>Null for a first occurrence; else what it repeats or contradicts.</returns>
    public Ending? Remember(in IncomingEvent incoming, in RecordMetadata at) => Remember(store, windowMillis, incoming, at);

    /// <summary>The same, for a store that is made again of the input.</summary>
    public static Ending? Remember(KeyValueStore<Model.EventDigest, Seen> store, long windowMillis, in IncomingEvent incoming, in RecordMetadata at)
    {
        var now = new Seen(at.Offset, incoming.Usage.Time, at.Arrival, incoming.Content);
        if (store.TryAdd(incoming.Identity, now)) return null;
        store.TryGet(incoming.Identity, out var first);
        if (at.Arrival - first.Arrival <= windowMillis) return first.Content == incoming.Content ? Ending.Same : Ending.Conflict;
        store.Put(incoming.Identity, now);
        return null;
    }

    /// <summary>Whether a record of the past is the first occurrence of its event.</summary>
    public bool IsFirst(in IncomingEvent incoming, long offset) => store.TryGet(incoming.Identity, out var first) && first.Offset == offset;

    /// <summary>What is remembered of an event.</summary>
    public bool TryGet(Model.EventDigest identity, out Seen first) => store.TryGet(identity, out first);
}
