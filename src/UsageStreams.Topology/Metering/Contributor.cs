using UsageStreams.Avro;
using UsageStreams.Model;

namespace UsageStreams.Topology.Metering;

/// <summary>
/// Whose part of a window it is: a tenant's, by the partition of <c>usage.events</c> its events stand in. A recount reads one partition, so that it can only
/// take the place of what came from there. Nearly every tenant is one contributor; one whose producers choose partitions differently is several.
/// </summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Partition">The partition.</param>
internal readonly record struct Contributor(string Tenant, int Partition)
{
    /// <summary>Writes it before what follows.</summary>
    public static void Write(in Contributor value, ref AvroWriter writer)
    {
        writer.WriteString(value.Tenant);
        writer.WriteInt(value.Partition);
    }

    /// <summary>Reads it before what follows.</summary>
    public static Contributor Read(ref AvroReader reader) => new(reader.ReadString(PartialPool.Texts), reader.ReadInt());

    /// <summary>Writes it or nothing, as Avro's union of null and a record.</summary>
    public static void WriteOptional(in Contributor? value, ref AvroWriter writer)
    {
        writer.WriteUnion(value is null ? 0 : 1);
        if (value is { } known) Write(known, ref writer);
    }

    /// <summary>Reads it or nothing.</summary>
    public static Contributor? ReadOptional(ref AvroReader reader) => reader.ReadUnion(2) == 0 ? null : Read(ref reader);
}
