using UsageStreams.Avro;
using UsageStreams.Model;

namespace UsageStreams.Topology.Metering.Settling;

/// <summary>Text or nothing, as Avro's union of null and string.</summary>
internal static class OptionalText
{
    public static string? Read(ref AvroReader reader) => reader.ReadUnion(2) == 0 ? null : reader.ReadString(PartialPool.Texts);

    public static void Write(string? text, ref AvroWriter writer)
    {
        writer.WriteUnion(text is null ? 0 : 1);
        if (text is not null) writer.WriteString(text);
    }
}
