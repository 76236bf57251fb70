using UsageStreams.Avro;

namespace UsageStreams.Architecture.Tests;

/// <summary>The schemas are the model's single source, read by people before they are read by programs.</summary>
public sealed class SchemaTests
{
    [Fact]
    public void Every_schema_parses_given_the_others() => Load().Faults.ShouldBeNone();

    [Fact]
    public void Every_type_and_field_tells_what_it_means() => Load().Types
        .SelectMany(static type => Undocumented(type.Schema).Select(name => $"{type.File}: {name} has no doc; say what it means, with its unit."))
        .ShouldBeNone();

    /// <summary>Parses the files, each after those whose types it names, and gathers the types that each defines.</summary>
    private static (List<(string File, NamedSchema Schema)> Types, List<string> Faults) Load()
    {
        var types = new Dictionary<string, (string File, NamedSchema Schema)>(StringComparer.Ordinal);
        List<string> waiting = [.. Repository.Files("schemas").Where(static file => file.EndsWith(".avsc", StringComparison.Ordinal))];
        waiting.ShouldNotBeEmpty();
        List<string> faults;
        int before;
        do
        {
            before = waiting.Count;
            faults = [];
            waiting.RemoveAll(file => Parses(file, types, faults));
        }
        while (waiting.Count > 0 && waiting.Count < before);

        return ([.. types.Values], faults);
    }

    private static bool Parses(string file, Dictionary<string, (string File, NamedSchema Schema)> types, List<string> faults)
    {
        try
        {
            Gather(file, AvroSchema.Parse(Repository.Text(file), types.Values.Select(static type => type.Schema)), types);
            return true;
        }
        catch (AvroSchemaException error)
        {
            faults.Add($"{file} does not parse: {error.Message}");
            return false;
        }
    }

    private static void Gather(string file, AvroSchema schema, Dictionary<string, (string File, NamedSchema Schema)> types)
    {
        if (schema is NamedSchema named && !types.TryAdd(named.FullName, (file, named)))
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
            Gather(file, part, types);
    }

    private static IEnumerable<string> Undocumented(NamedSchema type)
    {
        if (string.IsNullOrWhiteSpace(type.Doc))
            yield return type.FullName;
        if (type is not RecordSchema record)
            yield break;
        foreach (RecordField field in record.Fields.Where(static field => string.IsNullOrWhiteSpace(field.Doc)))
            yield return $"{record.FullName}.{field.Name}";
    }
}
