using UsageStreams.Avro;
using UsageStreams.Model;

namespace UsageStreams.Topology.Metering.Settling;

/// <summary>What entries, or contributions, add up to.</summary>
internal readonly record struct Tally(decimal Quantity, long Count, EventDigest Digest)
{
    public bool IsNothing => Quantity == 0 && Count == 0 && Digest == EventDigest.None;

    public static Tally operator +(Tally left, Tally right) => new(left.Quantity + right.Quantity, left.Count + right.Count, left.Digest + right.Digest);

    public static Tally operator -(Tally left, Tally right) => new(left.Quantity - right.Quantity, left.Count - right.Count, left.Digest - right.Digest);

    public static Tally Read(ref AvroReader reader) => new(reader.ReadDecimal(28, 9), reader.ReadLong(), EventDigest.Read(ref reader));

    public void Write(ref AvroWriter writer)
    {
        writer.WriteDecimal(Quantity, 28, 9);
        writer.WriteLong(Count);
        Digest.Write(ref writer);
    }
}
