using System.Buffers;
using System.Globalization;
using UsageStreams.Avro;
using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering.Settling;

/// <summary>Window and contributor as bytes: Avro's encoding of the parts in order.</summary>
internal sealed class TenantWindowKeySerde : ISerde<TenantWindowKey>
{
    public static TenantWindowKeySerde Instance { get; } = new();

    public void Serialize(TenantWindowKey value, IBufferWriter<byte> output)
    {
        var writer = new AvroWriter(output);
        WindowKeySerde.Write(value.Window, ref writer);
        Contributor.Write(value.From, ref writer);
        writer.Flush();
    }

    public TenantWindowKey Deserialize(ReadOnlySpan<byte> data)
    {
        var reader = new AvroReader(data);
        return new TenantWindowKey(WindowKeySerde.Read(ref reader), Contributor.Read(ref reader));
    }
}

/// <summary>A member's name as bytes: those of the digest, then its text.</summary>
internal sealed class MemberKeySerde : ISerde<MemberKey>
{
    public static MemberKeySerde Instance { get; } = new();

    public void Serialize(MemberKey value, IBufferWriter<byte> output)
    {
        EventDigestSerde.Instance.Serialize(value.Of, output);
        Serdes.Utf8.Serialize(value.Text, output);
    }

    public MemberKey Deserialize(ReadOnlySpan<byte> data)
    {
        if (data.Length < EventDigest.Size) throw new UndecodableException($"A member's name has at least {EventDigest.Size} bytes; there are {data.Length}.");
        return new MemberKey(EventDigest.FromBytes(data[..EventDigest.Size]), PartialPool.Texts.TryGet(data[EventDigest.Size..]) ?? throw new UndecodableException("A member is not valid UTF-8."));
    }
}

/// <summary>A running total's name as <c>account/metric/period</c>.</summary>
internal sealed class RunningKeySerde : ISerde<RunningKey>
{
    private const string Day = "yyyyMMdd";

    public static RunningKeySerde Instance { get; } = new();

    public void Serialize(RunningKey value, IBufferWriter<byte> output) =>
        Serdes.Utf8.Serialize(string.Create(CultureInfo.InvariantCulture, $"{value.Account}/{value.Metric}/{value.Period:yyyyMMdd}"), output);

    public RunningKey Deserialize(ReadOnlySpan<byte> data)
    {
        var text = Serdes.Utf8.Deserialize(data);
        var period = text.LastIndexOf('/');
        var metric = period > 0 ? text.LastIndexOf('/', period - 1) : -1;
        return metric >= 0 && DateOnly.TryParseExact(text.AsSpan(period + 1), Day, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new RunningKey(text[..metric], text[(metric + 1)..period], day)
            : throw new UndecodableException($"'{text}' is no account/metric/period.");
    }
}
