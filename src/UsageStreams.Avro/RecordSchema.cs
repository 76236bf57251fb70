using System.Text.Json;

namespace UsageStreams.Avro;

/// <summary>Named fields in order.</summary>
public sealed class RecordSchema : NamedSchema
{
    private RecordField[] _fields = [];

    internal RecordSchema(SchemaName name, string? doc, bool isError, SchemaAttributes attributes)
        : base(name, doc, attributes) => IsError = isError;

    /// <inheritdoc/>
    public override AvroType Type => AvroType.Record;

    /// <summary>Whether it was declared as <c>error</c>, a record that protocols throw.</summary>
    public bool IsError { get; }

    /// <summary>The fields in the order they are written.</summary>
    public IReadOnlyList<RecordField> Fields => _fields;

    internal RecordField[] FieldArray => _fields;

    /// <summary>The field of that name, or null.</summary>
    /// <param name="name">The field's name; aliases are not looked at.</param>
    public RecordField? FindField(string name)
    {
        foreach (var field in _fields)
        {
            if (field.Name == name)
                return field;
        }

        return null;
    }

    // A record may contain itself, so it is made before its fields are known.
    internal void Complete(IEnumerable<RecordField> fields) => _fields = [.. fields];
}

/// <summary>How a field counts when records are sorted.</summary>
public enum FieldOrder
{
    /// <summary>Smaller values first: the default.</summary>
    Ascending,

    /// <summary>Larger values first.</summary>
    Descending,

    /// <summary>Does not count.</summary>
    Ignore,
}

/// <summary>A field of a record.</summary>
public sealed class RecordField
{
    internal RecordField(string name, AvroSchema schema, JsonElement? defaultValue)
    {
        Name = name;
        Schema = schema;
        Default = defaultValue;
    }

    /// <summary>Name of the field.</summary>
    public string Name { get; }

    /// <summary>Schema of its value.</summary>
    public AvroSchema Schema { get; }

    /// <summary>What a reader takes when the writer had no such field, in Avro's JSON; null (not JSON's null) when there is no default.
    /// It is checked when it is used, since registries hold old schemas with invalid ones.</summary>
    public JsonElement? Default { get; }

    /// <summary>What the field is for.</summary>
    public string? Doc { get; internal init; }

    /// <summary>Names the field was known by.</summary>
    public IReadOnlyList<string> Aliases { get; internal init; } = [];

    /// <summary>How the field counts when records are sorted.</summary>
    public FieldOrder Order { get; internal init; }

    /// <summary>Attributes beyond the specification's.</summary>
    public IReadOnlyDictionary<string, JsonElement> Attributes { get; internal init; } = SchemaAttributes.None.Other;
}
