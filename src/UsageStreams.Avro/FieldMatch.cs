namespace UsageStreams.Avro;

/// <summary>Which names of a reader and a writer mean the same. Aliases are always the reader's.</summary>
internal static class FieldMatch
{
    /// <summary>The writer's fields that a reader's field stands for, by name or alias: none, one, or too many.</summary>
    public static IReadOnlyList<RecordField> Find(RecordField reader, RecordSchema writer)
    {
        var found = new List<RecordField>();
        foreach (var name in (IEnumerable<string>)[reader.Name, .. reader.Aliases])
        {
            if (writer.FindField(name) is { } field && !found.Contains(field))
                found.Add(field);
        }

        return found;
    }

    /// <summary>Whether the types are called the same. Namespaces do not count (specification, "Schema Resolution").</summary>
    public static bool SameName(NamedSchema reader, NamedSchema writer) =>
        reader.Name == writer.Name || reader.Aliases.Contains(writer.FullName);
}

/// <summary>Which types are read as which others.</summary>
internal static class Promotion
{
    public static bool IsPossible(AvroType writer, AvroType reader) => (writer, reader)
        is (AvroType.Int, AvroType.Long or AvroType.Float or AvroType.Double)
        or (AvroType.Long, AvroType.Float or AvroType.Double)
        or (AvroType.Float, AvroType.Double)
        or (AvroType.String, AvroType.Bytes)
        or (AvroType.Bytes, AvroType.String);
}
