using System.Buffers.Binary;
using UsageStreams.Avro;
using UsageStreams.Model;

namespace UsageStreams.Topology.Metering.Settling;

/// <summary>
/// What the contributions of all tenants to a window make together, kept up with each of them. Only when a tenant leaves a maximum, minimum or last value
/// must the others be looked at again.
/// </summary>
internal sealed class WindowTotal
{
    private AggregateValue _value;
    private Int128 _integral;
    private long _distinct;
    private long _count;
    private EventDigest _digest;

    /// <summary>Whether a tenant's leaving asks for a look at all others.</summary>
    public static bool NeedsOthers(Aggregation aggregation) => aggregation is Aggregation.Max or Aggregation.Min or Aggregation.Last;

    /// <summary>The quantity with count and digest of the events.</summary>
    /// <param name="aggregation">The metric's.</param>
    /// <param name="length">Length of the window in milliseconds.</param>
    public Tally Tally(Aggregation aggregation, long length) => new(
        aggregation switch
        {
            Aggregation.Unique => _distinct,
            Aggregation.TimeWeighted => StepFunction.Average(_integral, length),
            _ => _value.Value,
        },
        _count,
        _digest);

    /// <summary>Adds what came to a tenant's contribution.</summary>
    /// <param name="added">What came.</param>
    /// <param name="integral">By how much the tenant's integral grew.</param>
    /// <param name="distinct">Members that no tenant had.</param>
    public void Add(Contribution added, Int128 integral, long distinct)
    {
        _value = _value.With(added.Aggregation, added.Value);
        Move(added.Lineage.Count, added.Lineage.Digest, integral, distinct);
    }

    /// <summary>Takes a tenant's whole contribution away.</summary>
    /// <param name="removed">The contribution.</param>
    /// <param name="integral">Its integral.</param>
    /// <param name="distinct">Members that no other tenant has.</param>
    /// <param name="others">The value of all other tenants, for those aggregations that need it.</param>
    public void Remove(Contribution removed, Int128 integral, long distinct, AggregateValue others)
    {
        Move(-removed.Lineage.Count, EventDigest.None - removed.Lineage.Digest, -integral, -distinct);
        if (NeedsOthers(removed.Aggregation))
            _value = others;
        else if (removed.Value.IsSet)
            _value = _count == 0 ? default : _value with { Value = _value.Value - removed.Value.Value };
    }

    public WindowTotal Copy() => (WindowTotal)MemberwiseClone();

    public static WindowTotal Read(ref AvroReader reader) => new()
    {
        _value = new AggregateValue(reader.ReadDecimal(28, 9), reader.ReadLong(), EventDigest.Read(ref reader), reader.ReadBoolean()),
        _integral = BinaryPrimitives.ReadInt128BigEndian(reader.ReadBytesSpan()),
        _distinct = reader.ReadLong(),
        _count = reader.ReadLong(),
        _digest = EventDigest.Read(ref reader),
    };

    public void Write(ref AvroWriter writer)
    {
        writer.WriteDecimal(_value.Value, 28, 9);
        writer.WriteLong(_value.At);
        _value.By.Write(ref writer);
        writer.WriteBoolean(_value.IsSet);
        Span<byte> integral = stackalloc byte[16];
        BinaryPrimitives.WriteInt128BigEndian(integral, _integral);
        writer.WriteBytes(integral);
        writer.WriteLong(_distinct);
        writer.WriteLong(_count);
        _digest.Write(ref writer);
    }

    private void Move(long count, EventDigest digest, Int128 integral, long distinct)
    {
        _count += count;
        _digest += digest;
        _integral = checked(_integral + integral);
        _distinct += distinct;
    }
}
