namespace UsageStreams.Avro;

/// <summary>Name of a record, enum or fixed, resolved against the namespace it stands in (specification, "Names").</summary>
internal sealed record SchemaName(string Name, string Namespace, IReadOnlyList<string> Aliases)
{
    public string FullName => Qualify(Name, Namespace);

    public static string Qualify(string name, string enclosing) =>
        enclosing.Length == 0 || name.Contains('.', StringComparison.Ordinal) ? name : enclosing + "." + name;

    public static SchemaName Create(string name, string? declaredNamespace, string enclosing, IReadOnlyList<string> aliases)
    {
        var dot = name.LastIndexOf('.');
        var space = dot >= 0 ? name[..dot] : declaredNamespace ?? enclosing;
        var shortName = name[(dot + 1)..];
        Check(shortName, "name");
        foreach (var part in space.Length == 0 ? [] : space.Split('.'))
            Check(part, "namespace");
        return new SchemaName(shortName, space, [.. aliases.Select(alias => Qualify(alias, space))]);
    }

    public static void Check(string name, string what)
    {
        var valid = name.Length > 0 && (char.IsAsciiLetter(name[0]) || name[0] == '_');
        foreach (var c in name)
            valid &= char.IsAsciiLetterOrDigit(c) || c == '_';
        if (!valid)
        {
            throw new AvroSchemaException(
                $"'{name}' is not a valid {what}: it must start with a letter or '_' and go on with letters, digits or '_' (ASCII only).");
        }
    }
}
