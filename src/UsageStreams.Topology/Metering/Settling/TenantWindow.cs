using UsageStreams.Avro;
using UsageStreams.Model;

namespace UsageStreams.Topology.Metering.Settling;

/// <summary>What a tenant adds to a window from one partition. Grows in place. The members of <c>unique</c> are entries of their own (<see cref="MemberBooks"/>).</summary>
internal sealed class TenantWindow(Contribution booked) : IAvroRecord<TenantWindow>
{
    public static AvroSchema Schema => TenantWindowState.Schema;

    /// <summary>What came or was corrected before the lock.</summary>
    public Contribution Booked { get; set; } = booked;

    /// <summary>All of it; the same object while that is what is booked.</summary>
    public Contribution Actual => Apart ?? Booked;

    /// <summary>All of it, once it differs from what is booked.</summary>
    public Contribution? Apart { get; set; }

    /// <summary>The next contributor of the window.</summary>
    public Contributor? Next { get; init; }

    /// <summary>Of unique: the first of its members, of which each names the next.</summary>
    public string? FirstMember { get; set; }

    /// <summary>Stands for its key in the names of members; none until it is asked for. Not kept.</summary>
    public EventDigest Name { get; set; }

    /// <summary>From here on all of it is kept beside what is booked.</summary>
    public void Split() => Apart ??= Booked.Copy();

    public static TenantWindow Read(ref AvroReader reader) => new(Contribution.Read(ref reader, PartialPool.Texts))
    {
        Apart = reader.ReadUnion(2) == 0 ? null : Contribution.Read(ref reader, PartialPool.Texts),
        Next = Contributor.ReadOptional(ref reader),
        FirstMember = OptionalText.Read(ref reader),
    };

    public static void Write(TenantWindow value, ref AvroWriter writer)
    {
        value.Booked.Write(ref writer);
        writer.WriteUnion(value.Apart is null ? 0 : 1);
        value.Apart?.Write(ref writer);
        Contributor.WriteOptional(value.Next, ref writer);
        OptionalText.Write(value.FirstMember, ref writer);
    }
}

/// <summary>Names what a tenant adds to a window from one partition.</summary>
internal readonly record struct TenantWindowKey(WindowKey Window, Contributor From);
