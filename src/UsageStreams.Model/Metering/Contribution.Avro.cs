using UsageStreams.Avro;

namespace UsageStreams.Model;

/// <content>The form it is sent and kept in: that of the schema <c>ContributionState</c>.</content>
public sealed partial class Contribution
{
    private const int Precision = 28;
    private const int Scale = 9;
    private static readonly int Aggregations = Enum.GetValues<Aggregation>().Length;

    /// <summary>Writes it as a <c>ContributionState</c>.</summary>
    /// <exception cref="AvroDataException">The number has more than 28 digits, or more than 9 of them after the decimal point.</exception>
    public void Write(ref AvroWriter writer)
    {
        writer.WriteEnum((int)Aggregation, Aggregations);
        writer.WriteDecimal(_value.Value, Precision, Scale);
        writer.WriteLong(_value.At);
        _value.By.Write(ref writer);
        var members = AllMembers();
        writer.WriteBlock(members?.Count ?? 0);
        if (members is not null)
        {
            foreach (var member in members) writer.WriteString(member);
        }

        writer.WriteEnd();
        WriteSteps(ref writer);
        Lineage.Write(ref writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="reader">Stands at the value; afterwards behind it.</param>
    /// <param name="texts">Where members, topics and versions come from that are there already; null makes each anew.</param>
    /// <exception cref="AvroDataException">The bytes are no <c>ContributionState</c>.</exception>
    public static Contribution Read(ref AvroReader reader, TextPool? texts = null)
    {
        var read = new Contribution(default);
        read.ReadFrom(ref reader, texts);
        return read;
    }

    /// <summary>Becomes what <see cref="Write"/> wrote, whatever it was before.</summary>
    /// <param name="reader">Stands at the value; afterwards behind it.</param>
    /// <param name="texts">Where members, topics and versions come from that are there already; null makes each anew.</param>
    /// <exception cref="AvroDataException">The bytes are no <c>ContributionState</c>.</exception>
    public void ReadFrom(ref AvroReader reader, TextPool? texts)
    {
        Reset((Aggregation)reader.ReadEnum(Aggregations));
        var (value, at, by) = (reader.ReadDecimal(Precision, Scale), reader.ReadLong(), EventDigest.Read(ref reader));
        ReadMembers(ref reader, texts);
        Steps = ReadSteps(ref reader);
        Lineage.ReadFrom(ref reader, texts);
        var hasValue = Lineage.Count > 0 && Aggregation is not (Aggregation.Unique or Aggregation.TimeWeighted);
        _value = hasValue ? new AggregateValue(value, at, by, IsSet: true) : default;
    }

    private void WriteSteps(ref AvroWriter writer)
    {
        if (Steps is { Steps.Count: > 0 } steps)
        {
            writer.WriteBlock(steps.Steps.Count);
            for (var i = 0; i < steps.Steps.Count; i++)
            {
                writer.WriteLong(steps.Steps[i].At);
                writer.WriteDecimal(steps.Steps[i].Value, Precision, Scale);
                steps.Steps[i].By.Write(ref writer);
            }
        }

        writer.WriteEnd();
    }

    private void ReadMembers(ref AvroReader reader, TextPool? texts)
    {
        for (var left = reader.ReadBlock(1); left > 0; left = reader.ReadBlock(1))
        {
            _members ??= new HashSet<string>(StringComparer.Ordinal);
            for (; left > 0; left--) _members.Add(reader.ReadString(texts));
        }
    }

    private static StepFunction? ReadSteps(ref AvroReader reader)
    {
        var steps = default(StepFunction);
        for (var left = reader.ReadBlock(3); left > 0; left = reader.ReadBlock(3))
        {
            steps ??= new StepFunction();
            for (; left > 0; left--) steps.Add(new Step(reader.ReadLong(), reader.ReadDecimal(Precision, Scale), EventDigest.Read(ref reader)));
        }

        return steps;
    }
}
