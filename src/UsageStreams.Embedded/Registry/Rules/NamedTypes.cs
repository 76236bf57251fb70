using UsageStreams.Avro;

namespace UsageStreams.Embedded.Registry.Rules;

/// <summary>Finds the records, enums and fixed types inside a schema.</summary>
internal static class NamedTypes
{
    /// <summary>Every named type that a schema defines or names, itself included, each once.</summary>
    public static IReadOnlyCollection<NamedSchema> In(AvroSchema schema)
    {
        var found = new Dictionary<string, NamedSchema>(StringComparer.Ordinal);
        Collect(schema, found);
        return found.Values;
    }

    private static void Collect(AvroSchema schema, Dictionary<string, NamedSchema> found)
    {
        if (schema is NamedSchema named && !found.TryAdd(named.FullName, named))
            return;

        IEnumerable<AvroSchema> parts = schema switch
        {
            RecordSchema record => record.Fields.Select(static field => field.Schema),
            UnionSchema union => union.Branches,
            ArraySchema array => [array.Items],
            MapSchema map => [map.Values],
            _ => [],
        };
        foreach (AvroSchema part in parts)
            Collect(part, found);
    }
}
