namespace UsageStreams.Avro;

/// <summary>Bounds of encoded sizes, known from the schema alone.</summary>
public static class SchemaSizes
{
    // Leaves room to add the size of a key.
    private const long Largest = int.MaxValue / 2;

    /// <summary>Fewest bytes a value of the schema takes; what <see cref="AvroReader.ReadBlock(int)"/> bounds counts by.</summary>
    /// <param name="schema">The schema.</param>
    public static int MinimumOf(AvroSchema schema) => Minimum(schema, []);

    private static int Minimum(AvroSchema schema, Dictionary<RecordSchema, int> known) => schema switch
    {
        FixedSchema @fixed => (int)Math.Min(@fixed.Size, Largest),
        RecordSchema record => MinimumOfRecord(record, known),
        _ => schema.Type switch
        {
            AvroType.Null => 0,
            AvroType.Float => sizeof(float),
            AvroType.Double => sizeof(double),
            _ => 1,
        },
    };

    private static int MinimumOfRecord(RecordSchema record, Dictionary<RecordSchema, int> known)
    {
        if (known.TryGetValue(record, out var size))
            return size;
        // Until it is known: a record directly inside itself can have no value at all, so any bound is right for it.
        known[record] = 0;
        var sum = 0L;
        foreach (var field in record.Fields)
            sum += Minimum(field.Schema, known);
        return known[record] = (int)Math.Min(sum, Largest);
    }
}
