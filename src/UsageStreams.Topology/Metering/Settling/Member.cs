using UsageStreams.Avro;
using UsageStreams.Model;

namespace UsageStreams.Topology.Metering.Settling;

/// <summary>A member of a unique window: of one contributor, or of all together.</summary>
/// <param name="Booked">Contributors that have it in what is booked.</param>
/// <param name="Actual">Contributors that have it in all.</param>
/// <param name="Next">Of one contributor: its next member.</param>
internal readonly record struct Member(long Booked, long Actual, string? Next) : IAvroRecord<Member>
{
    public static AvroSchema Schema => MemberState.Schema;

    public static Member Read(ref AvroReader reader) => new(reader.ReadLong(), reader.ReadLong(), OptionalText.Read(ref reader));

    public static void Write(Member value, ref AvroWriter writer)
    {
        writer.WriteLong(value.Booked);
        writer.WriteLong(value.Actual);
        OptionalText.Write(value.Next, ref writer);
    }
}

/// <summary>Names a member.</summary>
/// <param name="Of">
/// Stands for the window, or for a contributor's part of it: names that are short and all of one length, since there is one for each member.
/// </param>
/// <param name="Text">The member.</param>
internal readonly record struct MemberKey(EventDigest Of, string Text);
