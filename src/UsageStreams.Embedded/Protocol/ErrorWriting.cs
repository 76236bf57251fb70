using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Protocol;

/// <summary>Error codes on the wire.</summary>
internal static class ErrorWriting
{
    public static void WriteError(this WireWriter writer, ErrorCode value) => writer.WriteInt16((short)value);
}
