using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Protocol;

/// <summary>Every value of the journal begins with the version of its layout; one from a newer program is refused, not guessed at.</summary>
internal static class RecordVersion
{
    public static void Check(WireReader reader, short known, string what)
    {
        short version = reader.ReadInt16();
        if (version != known)
            throw new EmbeddedBrokerException($"The data folder holds a {what} record of layout {version}; this version of the broker reads {known}. " +
                "Start the version that wrote it, or choose another data folder.");
    }
}
