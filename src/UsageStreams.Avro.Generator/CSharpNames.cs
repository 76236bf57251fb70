namespace UsageStreams.Avro.Generator;

/// <summary>How Avro's names are said in C#.</summary>
internal static class CSharpNames
{
    private static readonly HashSet<string> RecordMembers = ["Schema", "Read", "Write"];

    /// <summary>Members every record has, whatever its fields are called; a property may not hide them.</summary>
    private static readonly HashSet<string> Reserved = ["Equals", "GetHashCode", "ToString", "GetType", "MemberwiseClone", "EqualityContract", "PrintMembers", "Finalize"];

    public static string Pascal(string name)
    {
        var words = name.Split('_', StringSplitOptions.RemoveEmptyEntries);
        var pascal = string.Concat(words.Select(static word => char.ToUpperInvariant(word[0]) + word[1..]));
        return pascal.Length > 0 && !char.IsAsciiDigit(pascal[0]) ? pascal : "_" + pascal;
    }

    public static string Type(NamedSchema schema) => Pascal(schema.Name);

    public static string Property(RecordSchema record, RecordField field)
    {
        var name = Pascal(field.Name);
        if (name == Type(record) || Reserved.Contains(name))
        {
            throw new AvroSchemaException(
                $"{record.FullName}.{field.Name}: a C# record '{Type(record)}' cannot have a property '{name}'; rename the field and keep the old name as an alias.");
        }

        return name;
    }

    public static string BodyInterface(RecordSchema record, RecordField field) => $"I{Type(record)}{Pascal(field.Name)}";

    /// <summary>Whether a field takes the name of a member of <see cref="IAvroRecord{TSelf}"/>, which is then implemented explicitly.</summary>
    public static bool Hides(RecordSchema record, string member) =>
        RecordMembers.Contains(member) && record.Fields.Any(field => Pascal(field.Name) == member);
}
