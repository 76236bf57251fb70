namespace UsageStreams.Avro;

/// <summary>Reads over values by their schema.</summary>
internal static class SchemaSkipper
{
    public static void Skip(AvroSchema schema, ref AvroReader reader)
    {
        switch (schema)
        {
            case RecordSchema record:
                SkipRecord(record, ref reader);
                break;
            case EnumSchema @enum:
                reader.ReadEnum(@enum.Symbols.Count);
                break;
            case FixedSchema @fixed:
                reader.ReadFixed(@fixed.Size);
                break;
            case ArraySchema array:
                SkipBlocks(array.Items, array.MinimumItemSize, withKeys: false, ref reader);
                break;
            case MapSchema map:
                SkipBlocks(map.Values, map.MinimumItemSize, withKeys: true, ref reader);
                break;
            case UnionSchema union:
                Skip(union.Branches[reader.ReadUnion(union.Branches.Count)], ref reader);
                break;
            default:
                SkipPrimitive(schema.Type, ref reader);
                break;
        }
    }

    private static void SkipRecord(RecordSchema record, ref AvroReader reader)
    {
        reader.Descend();
        foreach (var field in record.FieldArray)
            Skip(field.Schema, ref reader);
        reader.Ascend();
    }

    private static void SkipBlocks(AvroSchema content, int minimumItemSize, bool withKeys, ref AvroReader reader)
    {
        for (var count = reader.ReadBlock(minimumItemSize, out var size); count > 0; count = reader.ReadBlock(minimumItemSize, out size))
        {
            if (size >= 0)
            {
                reader.ReadFixed(size);
                continue;
            }

            for (; count > 0; count--)
            {
                if (withKeys)
                    reader.ReadBytesSpan();
                Skip(content, ref reader);
            }
        }
    }

    private static void SkipPrimitive(AvroType type, ref AvroReader reader)
    {
        switch (type)
        {
            case AvroType.Boolean:
                reader.ReadBoolean();
                break;
            case AvroType.Int:
                reader.ReadInt();
                break;
            case AvroType.Long:
                reader.ReadLong();
                break;
            case AvroType.Float:
                reader.ReadFixed(sizeof(float));
                break;
            case AvroType.Double:
                reader.ReadFixed(sizeof(double));
                break;
            case AvroType.Bytes or AvroType.String:
                reader.ReadBytesSpan();
                break;
        }
    }
}
