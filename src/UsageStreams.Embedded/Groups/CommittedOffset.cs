using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Groups;

/// <summary>A topic's partition by name.</summary>
internal readonly record struct TopicPartition(string Topic, int Partition);

/// <summary>A committed position, with what the client wants back unchanged.</summary>
internal readonly record struct CommittedOffset(long Offset, int LeaderEpoch, string Metadata)
{
    private const short Version = 0;

    public static CommittedOffset None { get; } = new(-1, -1, "");

    public byte[] ToBytes()
    {
        using var writer = new WireWriter { Flexible = true };
        writer.WriteInt16(Version);
        writer.WriteInt64(Offset);
        writer.WriteInt32(LeaderEpoch);
        writer.WriteString(Metadata);
        return writer.WrittenSpan.ToArray();
    }

    public static CommittedOffset FromBytes(byte[] bytes)
    {
        var reader = new WireReader();
        reader.Reset(bytes, 0, bytes.Length);
        reader.Flexible = true;
        RecordVersion.Check(reader, Version, "group offset");
        return new CommittedOffset(reader.ReadInt64(), reader.ReadInt32(), reader.ReadString());
    }
}

/// <summary>A position to commit.</summary>
internal readonly record struct OffsetToCommit(TopicPartition Partition, CommittedOffset Offset);

/// <summary>A position to answer; an unstable one is about to change by an open transaction.</summary>
internal readonly record struct FetchedOffset(TopicPartition Partition, CommittedOffset Offset, bool Unstable);
