using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Topics;

/// <summary>A topic as the journal keeps it.</summary>
internal sealed record TopicRecord(string Name, Guid Id, IReadOnlyDictionary<string, string> Configs, IReadOnlyList<long> LogStarts)
{
    private const short Version = 0;

    public byte[] ToBytes()
    {
        using var writer = new WireWriter { Flexible = true };
        writer.WriteInt16(Version);
        writer.WriteString(Name);
        writer.WriteUuid(Id);
        writer.WriteArrayLength(LogStarts.Count);
        foreach (long start in LogStarts)
            writer.WriteInt64(start);
        writer.WriteArrayLength(Configs.Count);
        foreach (var (name, value) in Configs)
        {
            writer.WriteString(name);
            writer.WriteString(value);
        }

        return writer.WrittenSpan.ToArray();
    }

    public static TopicRecord FromBytes(byte[] bytes)
    {
        var reader = new WireReader();
        reader.Reset(bytes, 0, bytes.Length);
        reader.Flexible = true;
        RecordVersion.Check(reader, Version, "topic");
        string name = reader.ReadString();
        var id = reader.ReadUuid();
        long[] starts = new long[reader.ReadArrayLength()];
        for (int i = 0; i < starts.Length; i++)
            starts[i] = reader.ReadInt64();
        var configs = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int remaining = reader.ReadArrayLength(); remaining > 0; remaining--)
            configs.Add(reader.ReadString(), reader.ReadString());
        return new TopicRecord(name, id, configs, starts);
    }
}
