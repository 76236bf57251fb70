namespace UsageStreams.Avro;

/// <summary>Whether every value written with one schema can be read with another, known from the schemas alone, as the Confluent registry checks it.</summary>
public static class SchemaCompatibility
{
    /// <summary>Checks one pair.</summary>
    /// <param name="reader">The schema that reads.</param>
    /// <param name="writer">The schema that wrote.</param>
    /// <returns>Every reason why not; empty when the reader can read all that the writer may write.</returns>
    public static IReadOnlyList<SchemaIncompatibility> Check(AvroSchema reader, AvroSchema writer) =>
        [.. new CompatibilityChecker().Check(reader, writer, "").Distinct()];

    /// <summary>Checks a new schema against the versions there are.</summary>
    /// <param name="proposed">The new schema.</param>
    /// <param name="existingNewestFirst">The versions that count (not deleted), the latest first.</param>
    /// <param name="level">What is demanded.</param>
    /// <returns>Every reason why not, of the newest version it does not go with; empty when it may be registered.</returns>
    public static IReadOnlyList<SchemaIncompatibility> Check(
        AvroSchema proposed, IReadOnlyList<AvroSchema> existingNewestFirst, CompatibilityLevel level)
    {
        var count = level.IsTransitive() ? existingNewestFirst.Count : Math.Min(1, existingNewestFirst.Count);
        for (var i = 0; i < count; i++)
        {
            IReadOnlyList<SchemaIncompatibility> backward = level.ReadsOld() ? Check(proposed, existingNewestFirst[i]) : [];
            IReadOnlyList<SchemaIncompatibility> forward = level.ReadByOld() ? Check(existingNewestFirst[i], proposed) : [];
            if (backward.Count + forward.Count > 0)
                return [.. backward, .. forward];
        }

        return [];
    }
}
