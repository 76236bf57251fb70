namespace UsageStreams.Avro;

/// <summary>Finds the field that stands at a position. Only used when something is wrong, so that readers need not keep track.</summary>
internal sealed class FieldLocator
{
    private readonly int _position;
    private readonly List<string> _path = [];

    private FieldLocator(int position) => _position = position;

    /// <summary>Path of the field, or null where the walk over the bytes does not meet the position.</summary>
    public static string? Locate(AvroSchema schema, ReadOnlySpan<byte> body, int position)
    {
        var locator = new FieldLocator(position);
        var reader = new AvroReader(body);
        if (schema is NamedSchema named)
            locator._path.Add(named.Name);
        return locator.Walk(schema, ref reader) ? string.Join('.', locator._path).Replace(".[]", "[]", StringComparison.Ordinal) : null;
    }

    private bool Walk(AvroSchema schema, ref AvroReader reader)
    {
        try
        {
            return schema switch
            {
                RecordSchema record => WalkRecord(record, ref reader),
                ArraySchema array => WalkBlocks(array.Items, array.MinimumItemSize, withKeys: false, ref reader),
                MapSchema map => WalkBlocks(map.Values, map.MinimumItemSize, withKeys: true, ref reader),
                UnionSchema union => Walk(union.Branches[reader.ReadUnion(union.Branches.Count)], ref reader),
                _ => WalkLeaf(schema, ref reader),
            };
        }
        catch (AvroDataException)
        {
            // Here the bytes end or make no sense: this is the place.
            return true;
        }
    }

    private bool WalkLeaf(AvroSchema schema, ref AvroReader reader)
    {
        SchemaSkipper.Skip(schema, ref reader);
        return reader.Position > _position;
    }

    private bool WalkRecord(RecordSchema record, ref AvroReader reader)
    {
        reader.Descend();
        foreach (var field in record.FieldArray)
        {
            _path.Add(field.Name);
            if (Walk(field.Schema, ref reader))
                return true;
            _path.RemoveAt(_path.Count - 1);
        }

        reader.Ascend();
        return false;
    }

    private bool WalkBlocks(AvroSchema content, int minimumItemSize, bool withKeys, ref AvroReader reader)
    {
        for (var count = reader.ReadBlock(minimumItemSize); count > 0; count = reader.ReadBlock(minimumItemSize))
        {
            _path.Add("[]");
            for (; count > 0; count--)
            {
                if (withKeys)
                    reader.ReadBytesSpan();
                if (Walk(content, ref reader))
                    return true;
            }

            _path.RemoveAt(_path.Count - 1);
        }

        return reader.Position > _position;
    }
}
