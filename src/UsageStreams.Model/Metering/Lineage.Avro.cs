using UsageStreams.Avro;

namespace UsageStreams.Model;

/// <content>The form it is sent and kept in: that of the schema <c>LineageState</c>.</content>
public sealed partial class Lineage
{
    /// <summary>Writes it as a <c>LineageState</c>.</summary>
    public void Write(ref AvroWriter writer)
    {
        writer.WriteLong(Count);
        writer.WriteLong(First);
        writer.WriteLong(Last);
        Digest.Write(ref writer);
        WriteSources(ref writer);
        WriteTexts(Traces, ref writer);
        WriteTexts(Mappings, ref writer);
        writer.WriteInt(ContractVersion);
        Trace.Write(Trace, ref writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="AvroDataException">The bytes are no <c>LineageState</c>.</exception>
    public static Lineage Read(ref AvroReader reader)
    {
        var lineage = new Lineage
        {
            Count = reader.ReadLong(),
            First = reader.ReadLong(),
            Last = reader.ReadLong(),
            Digest = EventDigest.Read(ref reader),
        };
        for (var left = reader.ReadBlock(5); left > 0; left = reader.ReadBlock(5))
        {
            for (; left > 0; left--)
                lineage.AddSource(new SourceSpan(reader.ReadString(), reader.ReadInt(), reader.ReadLong(), reader.ReadLong(), reader.ReadLong()));
        }

        lineage._traces = ReadTexts(ref reader);
        lineage._mappings = ReadTexts(ref reader);
        lineage.ContractVersion = reader.ReadInt();
        lineage.Trace = Trace.Read(ref reader);
        return lineage;
    }

    private void WriteSources(ref AvroWriter writer)
    {
        if (_source.Count > 0)
        {
            writer.WriteBlock(1 + (_otherSources?.Count ?? 0));
            WriteSource(_source, ref writer);
            foreach (var span in _otherSources ?? []) WriteSource(span, ref writer);
        }

        writer.WriteEnd();
    }

    private static void WriteSource(in SourceSpan span, ref AvroWriter writer)
    {
        writer.WriteString(span.Topic);
        writer.WriteInt(span.Partition);
        writer.WriteLong(span.First);
        writer.WriteLong(span.Last);
        writer.WriteLong(span.Count);
    }

    private static void WriteTexts(IReadOnlyList<string> texts, ref AvroWriter writer)
    {
        writer.WriteBlock(texts.Count);
        for (var i = 0; i < texts.Count; i++) writer.WriteString(texts[i]);
        writer.WriteEnd();
    }

    private static SmallestTexts? ReadTexts(ref AvroReader reader)
    {
        var texts = default(SmallestTexts);
        for (var left = reader.ReadBlock(1); left > 0; left = reader.ReadBlock(1))
        {
            texts ??= new SmallestTexts();
            for (; left > 0; left--) texts.Add(reader.ReadString());
        }

        return texts;
    }
}
