using System.Text.Json;

namespace UsageStreams.Avro;

/// <summary>Makes schemas of JSON, depth first, left to right, so that a name is defined before it is used.</summary>
internal sealed class SchemaParser
{
    private const int MaxDepth = 256;

    private static readonly JsonDocumentOptions JsonOptions = new() { CommentHandling = JsonCommentHandling.Skip, MaxDepth = MaxDepth };

    private readonly Dictionary<string, NamedSchema> _defined = [];
    private readonly Func<string, NamedSchema?> _resolve;

    private SchemaParser(Func<string, NamedSchema?> resolve) => _resolve = resolve;

    public static AvroSchema Parse(string json, Func<string, NamedSchema?> resolve)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(resolve);
        try
        {
            using var document = JsonDocument.Parse(json, JsonOptions);
            return new SchemaParser(resolve).ParseSchema(document.RootElement, "");
        }
        catch (JsonException error)
        {
            throw new AvroSchemaException($"The schema is not JSON: {error.Message}", error);
        }
    }

    private AvroSchema ParseSchema(JsonElement json, string enclosing) => json.ValueKind switch
    {
        JsonValueKind.String => ParseReference(json.GetString()!, enclosing),
        JsonValueKind.Array => ParseUnion(json, enclosing),
        JsonValueKind.Object => ParseObject(json, enclosing),
        _ => throw new AvroSchemaException($"A schema is a JSON string, array or object, not {Show(json)}."),
    };

    private AvroSchema ParseReference(string name, string enclosing)
    {
        if (Primitives.Find(name) is { } primitive)
            return primitive;
        return FindNamed(name, enclosing) ?? throw new AvroSchemaException(
            $"'{name}' is neither a primitive type nor a type defined before it is used (looked for '{SchemaName.Qualify(name, enclosing)}').");
    }

    private NamedSchema? FindNamed(string name, string enclosing)
    {
        var fullName = SchemaName.Qualify(name, enclosing);
        if (_defined.TryGetValue(fullName, out var schema) || (schema = _resolve(fullName)) is not null)
            return schema;
        // Java also looks in the empty namespace, and schemas in the wild rely on it.
        return fullName == name ? null : _defined.GetValueOrDefault(name) ?? _resolve(name);
    }

    private UnionSchema ParseUnion(JsonElement json, string enclosing)
    {
        var branches = new List<AvroSchema>();
        var seen = new HashSet<string>();
        foreach (var element in json.EnumerateArray())
        {
            var branch = ParseSchema(element, enclosing);
            if (branch is UnionSchema)
                throw new AvroSchemaException("A union may not directly contain a union.");
            if (!seen.Add(SchemaNames.Of(branch)))
                throw new AvroSchemaException($"A union may contain '{SchemaNames.Of(branch)}' only once.");
            branches.Add(branch);
        }

        return new UnionSchema(branches);
    }

    private AvroSchema ParseObject(JsonElement json, string enclosing)
    {
        if (!json.TryGetProperty("type", out var type))
            throw new AvroSchemaException($"A schema object needs a 'type': {Show(json)}.");
        if (type.ValueKind != JsonValueKind.String)
            return ParseSchema(type, enclosing);
        var name = type.GetString()!;
        return name switch
        {
            "record" or "error" => ParseRecord(json, enclosing, name == "error"),
            "enum" => ParseEnum(json, enclosing),
            "fixed" => ParseFixed(json, enclosing),
            "array" => new ArraySchema(ParseSchema(Required(json, "items"), enclosing), SchemaAttributes.OfSchema(json, AvroType.Array)),
            "map" => new MapSchema(ParseSchema(Required(json, "values"), enclosing), SchemaAttributes.OfSchema(json, AvroType.Map)),
            _ when Primitives.Find(name) is { } primitive => Primitives.WithAttributes(primitive, SchemaAttributes.OfSchema(json, primitive.Type)),
            _ => ParseReference(name, enclosing),
        };
    }

    private RecordSchema ParseRecord(JsonElement json, string enclosing, bool isError)
    {
        var name = ParseName(json, enclosing);
        var record = new RecordSchema(name, OptionalText(json, "doc"), isError, SchemaAttributes.OfSchema(json, AvroType.Record));
        Define(record);
        var fieldsJson = Required(json, "fields");
        if (fieldsJson.ValueKind != JsonValueKind.Array)
            throw new AvroSchemaException($"'fields' of record '{name.FullName}' must be an array, not {Show(fieldsJson)}.");
        var fields = new List<RecordField>();
        var names = new HashSet<string>();
        foreach (var fieldJson in fieldsJson.EnumerateArray())
        {
            var field = ParseField(fieldJson, name);
            if (!names.Add(field.Name))
                throw new AvroSchemaException($"Record '{name.FullName}' has two fields named '{field.Name}'.");
            fields.Add(field);
        }

        record.Complete(fields);
        return record;
    }

    private RecordField ParseField(JsonElement json, SchemaName record)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new AvroSchemaException($"A field of record '{record.FullName}' must be an object, not {Show(json)}.");
        var name = RequiredText(json, "name");
        SchemaName.Check(name, $"field name in record '{record.FullName}'");
        try
        {
            var hasDefault = json.TryGetProperty("default", out var defaultValue);
            return new RecordField(name, ParseSchema(Required(json, "type"), record.Namespace), hasDefault ? defaultValue.Clone() : null)
            {
                Doc = OptionalText(json, "doc"),
                Aliases = OptionalNames(json, "aliases"),
                Order = ParseOrder(OptionalText(json, "order")),
                Attributes = SchemaAttributes.OfField(json),
            };
        }
        catch (AvroSchemaException error)
        {
            throw new AvroSchemaException($"{record.FullName}.{name}: {error.Message}", error);
        }
    }

    private EnumSchema ParseEnum(JsonElement json, string enclosing)
    {
        var name = ParseName(json, enclosing);
        var symbolsJson = Required(json, "symbols");
        if (symbolsJson.ValueKind != JsonValueKind.Array)
            throw new AvroSchemaException($"'symbols' of enum '{name.FullName}' must be an array, not {Show(symbolsJson)}.");
        var symbols = new List<string>();
        foreach (var symbolJson in symbolsJson.EnumerateArray())
        {
            var symbol = Text(symbolJson, "symbols");
            SchemaName.Check(symbol, $"symbol in enum '{name.FullName}'");
            if (symbols.Contains(symbol))
                throw new AvroSchemaException($"Enum '{name.FullName}' has the symbol '{symbol}' twice.");
            symbols.Add(symbol);
        }

        var defaultSymbol = json.TryGetProperty("default", out var value) ? Text(value, "default") : null;
        if (defaultSymbol is not null && !symbols.Contains(defaultSymbol))
            throw new AvroSchemaException($"The default '{defaultSymbol}' of enum '{name.FullName}' is not one of its symbols.");
        var schema = new EnumSchema(name, OptionalText(json, "doc"), symbols, defaultSymbol, SchemaAttributes.OfSchema(json, AvroType.Enum));
        Define(schema);
        return schema;
    }

    private FixedSchema ParseFixed(JsonElement json, string enclosing)
    {
        var name = ParseName(json, enclosing);
        var sizeJson = Required(json, "size");
        if (sizeJson.ValueKind != JsonValueKind.Number || !sizeJson.TryGetInt32(out var size) || size < 0)
            throw new AvroSchemaException($"'size' of fixed '{name.FullName}' must be an integer from 0 to {int.MaxValue}, not {Show(sizeJson)}.");
        var schema = new FixedSchema(name, OptionalText(json, "doc"), size, SchemaAttributes.OfSchema(json, AvroType.Fixed, size));
        Define(schema);
        return schema;
    }

    private static SchemaName ParseName(JsonElement json, string enclosing)
    {
        var name = RequiredText(json, "name");
        if (Primitives.Find(name) is not null)
            throw new AvroSchemaException($"'{name}' is the name of a primitive type and cannot be defined again.");
        return SchemaName.Create(name, OptionalText(json, "namespace"), enclosing, OptionalNames(json, "aliases"));
    }

    private void Define(NamedSchema schema)
    {
        if (!_defined.TryAdd(schema.FullName, schema))
            throw new AvroSchemaException($"'{schema.FullName}' is defined twice; refer to it by name the second time.");
    }

    private static FieldOrder ParseOrder(string? order) => order switch
    {
        null or "ascending" => FieldOrder.Ascending,
        "descending" => FieldOrder.Descending,
        "ignore" => FieldOrder.Ignore,
        _ => throw new AvroSchemaException($"'order' must be ascending, descending or ignore, not '{order}'."),
    };

    private static JsonElement Required(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) ? value : throw new AvroSchemaException($"'{member}' is missing in {Show(json)}.");

    private static string RequiredText(JsonElement json, string member) => Text(Required(json, member), member);

    private static string? OptionalText(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Text(JsonElement json, string member) => json.ValueKind == JsonValueKind.String
        ? json.GetString()!
        : throw new AvroSchemaException($"'{member}' must be a string, not {Show(json)}.");

    private static List<string> OptionalNames(JsonElement json, string member)
    {
        var names = new List<string>();
        if (!json.TryGetProperty(member, out var value))
            return names;
        if (value.ValueKind != JsonValueKind.Array)
            throw new AvroSchemaException($"'{member}' must be an array of names, not {Show(value)}.");
        foreach (var name in value.EnumerateArray())
            names.Add(Text(name, member));
        return names;
    }

    private static string Show(JsonElement json)
    {
        const int limit = 120;
        var text = json.GetRawText();
        return text.Length <= limit ? text : string.Concat(text.AsSpan(0, limit), "…");
    }
}
