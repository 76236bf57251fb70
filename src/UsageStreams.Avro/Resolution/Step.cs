namespace UsageStreams.Avro.Resolution;

/// <summary>Turns one kind of value of the writer's into the reader's.</summary>
internal abstract class Step
{
    /// <summary>Whether the reader's form is the writer's, byte by byte.</summary>
    public virtual bool IsCopy => false;

    public abstract void Run(ref AvroReader from, ref AvroWriter to);
}

/// <summary>The same bytes.</summary>
internal sealed class CopyStep(AvroSchema writer) : Step
{
    public override bool IsCopy => true;

    public static void Copy(AvroSchema schema, ref AvroReader from, ref AvroWriter to)
    {
        var start = from.Position;
        SchemaSkipper.Skip(schema, ref from);
        to.WriteRaw(from.Since(start));
    }

    public override void Run(ref AvroReader from, ref AvroWriter to) => Copy(writer, ref from, ref to);
}

/// <summary>A value that cannot be read. Only met when such a value is: other branches of a union may be fine.</summary>
internal sealed class FailStep(string message) : Step
{
    public override void Run(ref AvroReader from, ref AvroWriter to) => AvroFault.Data(message, from.Position);
}

/// <summary>int or long as float.</summary>
internal sealed class IntegerToFloatStep : Step
{
    public override void Run(ref AvroReader from, ref AvroWriter to) => to.WriteFloat(from.ReadLong());
}

/// <summary>int or long as double.</summary>
internal sealed class IntegerToDoubleStep : Step
{
    public override void Run(ref AvroReader from, ref AvroWriter to) => to.WriteDouble(from.ReadLong());
}

/// <summary>float as double.</summary>
internal sealed class FloatToDoubleStep : Step
{
    public override void Run(ref AvroReader from, ref AvroWriter to) => to.WriteDouble(from.ReadFloat());
}

/// <summary>A decimal with another scale: the same number, or an error.</summary>
internal sealed class RescaleStep(AvroSchema writer, AvroSchema reader) : Step
{
    private readonly LogicalType _from = writer.LogicalType!.Value;
    private readonly LogicalType _to = reader.LogicalType!.Value;

    public override void Run(ref AvroReader from, ref AvroWriter to)
    {
        var value = writer is FixedSchema wide
            ? from.ReadFixedDecimal(wide.Size, _from.Precision, _from.Scale)
            : from.ReadDecimal(_from.Precision, _from.Scale);
        if (reader is FixedSchema target)
            to.WriteFixedDecimal(value, target.Size, _to.Precision, _to.Scale);
        else
            to.WriteDecimal(value, _to.Precision, _to.Scale);
    }
}

/// <summary>An enum whose symbols differ.</summary>
internal sealed class EnumStep(EnumSchema writer, EnumSchema reader, int[] readerIndexes) : Step
{
    public override void Run(ref AvroReader from, ref AvroWriter to)
    {
        var start = from.Position;
        var index = from.ReadEnum(readerIndexes.Length);
        if (readerIndexes[index] < 0)
            AvroFault.Data($"the enum '{reader.FullName}' has no symbol '{writer.Symbols[index]}' and no default", start);
        to.WriteLong(readerIndexes[index]);
    }
}

/// <summary>An array or map.</summary>
internal sealed class BlocksStep(Step content, int minimumItemSize, bool withKeys) : Step
{
    public override void Run(ref AvroReader from, ref AvroWriter to)
    {
        for (var count = from.ReadBlock(minimumItemSize); count > 0; count = from.ReadBlock(minimumItemSize))
        {
            to.WriteBlock(count);
            for (; count > 0; count--)
            {
                if (withKeys)
                    to.WriteBytes(from.ReadBytesSpan());
                content.Run(ref from, ref to);
            }
        }

        to.WriteEnd();
    }
}

/// <summary>A union of the writer's: each branch has its own way.</summary>
internal sealed class WriterUnionStep(Step[] branches) : Step
{
    public override void Run(ref AvroReader from, ref AvroWriter to) => branches[from.ReadUnion(branches.Length)].Run(ref from, ref to);
}

/// <summary>One branch of the reader's union.</summary>
internal sealed class ReaderUnionStep(int branch, Step content) : Step
{
    public int Branch => branch;

    public Step Content => content;

    public override void Run(ref AvroReader from, ref AvroWriter to)
    {
        to.WriteUnion(branch);
        content.Run(ref from, ref to);
    }
}
