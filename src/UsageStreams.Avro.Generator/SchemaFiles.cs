using System.Text.Json;

namespace UsageStreams.Avro.Generator;

/// <summary>Reads schema files that may refer to each other's types, in whatever order they are given.</summary>
internal sealed class SchemaFiles
{
    private static readonly JsonDocumentOptions JsonOptions = new() { CommentHandling = JsonCommentHandling.Skip, MaxDepth = 256 };

    private readonly Dictionary<string, string> _fileOfName = [];
    private readonly Dictionary<string, NamedSchema> _parsed = [];
    private readonly List<string> _open = [];
    private readonly HashSet<string> _done = [];

    /// <summary>Every named type of the files, by full name.</summary>
    public static IReadOnlyCollection<NamedSchema> Load(IReadOnlyList<string> files)
    {
        var all = new SchemaFiles();
        foreach (var file in files)
            all.Index(file);
        foreach (var file in files)
            all.Parse(file);
        return [.. all._parsed.Values.OrderBy(static schema => schema.FullName, StringComparer.Ordinal)];
    }

    private void Index(string file)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file), JsonOptions);
            Index(document.RootElement, "", file);
        }
        catch (JsonException error)
        {
            throw new AvroSchemaException($"{file}: not JSON: {error.Message}", error);
        }
    }

    private void Index(JsonElement json, string enclosing, string file)
    {
        if (json.ValueKind == JsonValueKind.Array)
        {
            foreach (var element in json.EnumerateArray())
                Index(element, enclosing, file);
        }

        if (json.ValueKind != JsonValueKind.Object)
            return;
        if (Text(json, "type") is "record" or "error" or "enum" or "fixed" && Text(json, "name") is { } name)
        {
            var dot = name.LastIndexOf('.');
            enclosing = dot >= 0 ? name[..dot] : Text(json, "namespace") ?? enclosing;
            var fullName = enclosing.Length == 0 ? name[(dot + 1)..] : $"{enclosing}.{name[(dot + 1)..]}";
            if (!_fileOfName.TryAdd(fullName, file))
                throw new AvroSchemaException($"{file}: '{fullName}' is already defined in {_fileOfName[fullName]}; refer to it by name.");
        }

        foreach (var member in json.EnumerateObject())
        {
            // A default is data; what looks like a schema in it is none.
            if (member.Name is "type" or "fields" or "items" or "values")
                Index(member.Value, enclosing, file);
        }
    }

    private static string? Text(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private void Parse(string file)
    {
        if (_done.Contains(file))
            return;
        if (_open.Contains(file))
            throw new AvroSchemaException($"{file}: refers to itself by way of {string.Join(", ", _open)}; put the types that need each other in one file.");
        _open.Add(file);
        try
        {
            Collect(AvroSchema.Parse(File.ReadAllText(file), Resolve));
        }
        catch (AvroSchemaException error) when (!error.Message.Contains(".avsc: ", StringComparison.Ordinal))
        {
            throw new AvroSchemaException($"{file}: {error.Message}", error);
        }

        _open.Remove(file);
        _done.Add(file);
    }

    private NamedSchema? Resolve(string fullName)
    {
        if (!_parsed.ContainsKey(fullName) && _fileOfName.TryGetValue(fullName, out var file))
            Parse(file);
        return _parsed.GetValueOrDefault(fullName);
    }

    private void Collect(AvroSchema schema)
    {
        if (schema is NamedSchema named && !_parsed.TryAdd(named.FullName, named))
            return;
        foreach (var part in SchemaParts.Of(schema))
            Collect(part);
    }
}
