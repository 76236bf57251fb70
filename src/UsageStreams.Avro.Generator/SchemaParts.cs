namespace UsageStreams.Avro.Generator;

/// <summary>Walks schemas.</summary>
internal static class SchemaParts
{
    /// <summary>The schemas directly inside.</summary>
    public static IEnumerable<AvroSchema> Of(AvroSchema schema) => schema switch
    {
        RecordSchema record => record.Fields.Select(static field => field.Schema),
        ArraySchema array => [array.Items],
        MapSchema map => [map.Values],
        UnionSchema union => union.Branches,
        _ => [],
    };

    /// <summary>Whether a value of the record may hold another of the same record, at any depth.</summary>
    public static bool IsRecursive(RecordSchema record)
    {
        var seen = new HashSet<AvroSchema>();
        var open = new Stack<AvroSchema>(Of(record));
        while (open.TryPop(out var schema))
        {
            if (schema == record)
                return true;
            if (!seen.Add(schema))
                continue;
            foreach (var part in Of(schema))
                open.Push(part);
        }

        return false;
    }
}
