using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>An event with text in it: 150 bytes with its key, as the others are, and an object as soon as it is read.</summary>
internal sealed record TextReading(long Time, long Quantity, string Product)
{
    public const int KeyLength = 8;
    public const int ValueLength = 142;
    private const int TextStart = 16;
    private const int TextLength = 24;

    /// <summary>Writes the tenant as <c>t0000042</c>, and of the reading what this has; the rest is filler.</summary>
    public static void Write(long tenant, Reading reading, Span<byte> key, Span<byte> value)
    {
        key[0] = (byte)'t';
        Utf8Formatter.TryFormat(tenant, key[1..], out _, new StandardFormat('D', KeyLength - 1));
        BinaryPrimitives.WriteInt64LittleEndian(value, reading.Time);
        BinaryPrimitives.WriteInt64LittleEndian(value[8..], reading.Quantity);
        "storage/object/read/00000"u8[..TextLength].CopyTo(value[TextStart..]);
        value[TextStart + TextLength - 1] = (byte)('0' + (reading.Id % 10));
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public sealed class Serde : ISerde<TextReading>
    {
        public static Serde Instance { get; } = new();

        public void Serialize(TextReading value, IBufferWriter<byte> output) => throw new NotSupportedException("Readings are read only.");

        public TextReading Deserialize(ReadOnlySpan<byte> data) => data.Length == ValueLength
            ? new TextReading(
                BinaryPrimitives.ReadInt64LittleEndian(data),
                BinaryPrimitives.ReadInt64LittleEndian(data[8..]),
                Encoding.UTF8.GetString(data.Slice(TextStart, TextLength)))
            : throw new UndecodableException($"A reading has {ValueLength} bytes; there are {data.Length}.");
    }
}

/// <summary>A tumbling window of a tenant by its name.</summary>
internal readonly record struct NamedWindow(string Owner, long Start)
{
    public sealed class Serde(ChangelogBytes bytes) : ISerde<NamedWindow>
    {
        public void Serialize(NamedWindow value, IBufferWriter<byte> output)
        {
            Serdes.Utf8.Serialize(value.Owner, output);
            Serdes.Int64.Serialize(value.Start, output);
            bytes.Written += value.Owner.Length + sizeof(long);
        }

        public NamedWindow Deserialize(ReadOnlySpan<byte> data) =>
            new(Serdes.Utf8.Deserialize(data[..^sizeof(long)]), Serdes.Int64.Deserialize(data[^sizeof(long)..]));
    }
}

/// <summary>The count case with text.</summary>
internal static class TextTopology
{
    public static Streams.Topology Count(EngineLoad load, string output, ChangelogBytes bytes)
    {
        var windows = Stores.KeyValue("windows", new NamedWindow.Serde(bytes), new ChangelogSerde<Total>(bytes));
        var builder = new StreamsBuilder();
        var events = Consumed.With(Serdes.Utf8, TextReading.Serde.Instance)
            .WithName("events")
            .WithTimestamps(static (in Record<string, TextReading> record, long _) => record.Value.Time);
        builder.Stream(load.TextEvents, events)
            .Process("count", () => new NamedCount(windows), windows)
            .To(output, Produced.With(new NamedWindow.Serde(new ChangelogBytes()), FixedLayout<Total>.Instance));
        return builder.Build();
    }

    private sealed class NamedCount(StoreBuilder<NamedWindow, Total> store) : Windows<NamedWindow, string, TextReading>(store)
    {
        public override void Process(in Record<string, TextReading> record) =>
            Add(new NamedWindow(record.Key, Minutes.StartOf(record.Timestamp)), new Total(record.Value.Quantity, 1));

        protected override long StartOf(in NamedWindow window) => window.Start;
    }
}
