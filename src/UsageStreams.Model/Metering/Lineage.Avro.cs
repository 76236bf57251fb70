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
    /// <param name="reader">Stands at the value; afterwards behind it.</param>
    /// <param name="texts">Where texts come from that are there already; null makes each anew.</param>
    /// <exception cref="AvroDataException">The bytes are no <c>LineageState</c>.</exception>
    public static Lineage Read(ref AvroReader reader, TextPool? texts = null)
    {
        var read = new Lineage();
        read.ReadFrom(ref reader, texts);
        return read;
    }

    /// <summary>Becomes what <see cref="Write"/> wrote, whatever it was before.</summary>
    /// <param name="reader">Stands at the value; afterwards behind it.</param>
    /// <param name="texts">Where texts come from that are there already; null makes each anew.</param>
    /// <exception cref="AvroDataException">The bytes are no <c>LineageState</c>.</exception>
    public void ReadFrom(ref AvroReader reader, TextPool? texts)
    {
        Reset();
        (Count, First, Last) = (reader.ReadLong(), reader.ReadLong(), reader.ReadLong());
        Digest = EventDigest.Read(ref reader);
        for (var left = reader.ReadBlock(5); left > 0; left = reader.ReadBlock(5))
        {
            for (; left > 0; left--)
                AddSource(new SourceSpan(reader.ReadString(texts), reader.ReadInt(), reader.ReadLong(), reader.ReadLong(), reader.ReadLong()));
        }

        ReadTexts(ref reader, ref _traces, texts: null);
        ReadTexts(ref reader, ref _mappings, texts);
        ContractVersion = reader.ReadInt();
        Trace = ReadTrace(ref reader);
    }

    // As the record reads itself, but that most have none.
    private static Trace ReadTrace(ref AvroReader reader)
    {
        var correlation = reader.ReadUnion(2) == 0 ? null : reader.ReadString();
        var traceparent = reader.ReadUnion(2) == 0 ? null : reader.ReadString();
        return correlation is null && traceparent is null ? Trace.None : new Trace { CorrelationId = correlation, Traceparent = traceparent };
    }

    private void WriteSources(ref AvroWriter writer)
    {
        if (_source.Count > 0)
        {
            writer.WriteBlock(1 + (_otherSources?.Count ?? 0));
            WriteSource(_source, ref writer);
            if (_otherSources is not null)
            {
                foreach (var span in _otherSources) WriteSource(span, ref writer);
            }
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

    private static void ReadTexts(ref AvroReader reader, ref SmallestTexts? read, TextPool? texts)
    {
        for (var left = reader.ReadBlock(1); left > 0; left = reader.ReadBlock(1))
        {
            read ??= new SmallestTexts();
            for (; left > 0; left--) read.Add(reader.ReadString(texts));
        }
    }
}
