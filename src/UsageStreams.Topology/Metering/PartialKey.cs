using System.Buffers;
using UsageStreams.Avro;
using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>Names what a meter tells of one contributor in one window.</summary>
/// <param name="Window">The window.</param>
/// <param name="From">Whose part it is.</param>
/// <param name="BookedIn">
/// Null for what arrived before the lock of the window's billing period; else the start of the billing period it arrived in, Unix milliseconds
/// (<see cref="Contract.BookedIn"/>).
/// </param>
internal readonly record struct PartialKey(WindowKey Window, Contributor From, long? BookedIn);

/// <summary>A partial's name as bytes: Avro's encoding of its parts in order, so that no part can run into the next.</summary>
internal sealed class PartialKeySerde : ISerde<PartialKey>
{
    public static PartialKeySerde Instance { get; } = new();

    public void Serialize(PartialKey value, IBufferWriter<byte> output)
    {
        WindowKeySerde.Instance.Serialize(value.Window, output);
        var writer = new AvroWriter(output);
        Contributor.Write(value.From, ref writer);
        writer.WriteUnion(value.BookedIn is null ? 0 : 1);
        if (value.BookedIn is { } period) writer.WriteLong(period);
        writer.Flush();
    }

    public PartialKey Deserialize(ReadOnlySpan<byte> data)
    {
        var reader = new AvroReader(data);
        var window = WindowKeySerde.Read(ref reader);
        return new PartialKey(window, Contributor.Read(ref reader), reader.ReadUnion(2) == 0 ? null : reader.ReadLong());
    }
}
