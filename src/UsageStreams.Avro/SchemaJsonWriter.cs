using System.Text.Json;

namespace UsageStreams.Avro;

/// <summary>A schema's full text on one line, members in the order Java's library writes them.</summary>
internal sealed class SchemaJsonWriter
{
    private readonly Utf8JsonWriter _json;
    private readonly HashSet<string> _written = [];

    private SchemaJsonWriter(Utf8JsonWriter json) => _json = json;

    public static string Write(AvroSchema schema) => SchemaJson.Write(json => new SchemaJsonWriter(json).WriteSchema(schema, ""));

    private void WriteSchema(AvroSchema schema, string enclosing)
    {
        switch (schema)
        {
            case NamedSchema named:
                WriteNamed(named, enclosing);
                break;
            case UnionSchema union:
                _json.WriteStartArray();
                foreach (var branch in union.Branches)
                    WriteSchema(branch, enclosing);
                _json.WriteEndArray();
                break;
            case PrimitiveSchema when schema.Attributes.Count == 0:
                _json.WriteStringValue(SchemaNames.Of(schema));
                break;
            default:
                WriteUnnamed(schema, enclosing);
                break;
        }
    }

    private void WriteUnnamed(AvroSchema schema, string enclosing)
    {
        _json.WriteStartObject();
        _json.WriteString("type", SchemaNames.Of(schema));
        if (schema is ArraySchema array)
        {
            _json.WritePropertyName("items");
            WriteSchema(array.Items, enclosing);
        }
        else if (schema is MapSchema map)
        {
            _json.WritePropertyName("values");
            WriteSchema(map.Values, enclosing);
        }

        WriteAttributes(schema.Attributes);
        _json.WriteEndObject();
    }

    private void WriteNamed(NamedSchema schema, string enclosing)
    {
        if (!_written.Add(schema.FullName))
        {
            // A bare name would be taken for one of the enclosing namespace, unless there is none there to mistake it for.
            _json.WriteStringValue(schema.Namespace == enclosing ? schema.Name : schema.FullName);
            return;
        }

        _json.WriteStartObject();
        _json.WriteString("type", schema is RecordSchema { IsError: true } ? "error" : SchemaNames.Of(schema.Type));
        _json.WriteString("name", schema.Name);
        if (schema.Namespace != enclosing)
            _json.WriteString("namespace", schema.Namespace);
        WriteOptional("doc", schema.Doc);
        WriteContent(schema);
        WriteAttributes(schema.Attributes);
        WriteNames("aliases", schema.Aliases);
        _json.WriteEndObject();
    }

    private void WriteContent(NamedSchema schema)
    {
        switch (schema)
        {
            case EnumSchema @enum:
                _json.WriteStartArray("symbols");
                foreach (var symbol in @enum.Symbols)
                    _json.WriteStringValue(symbol);
                _json.WriteEndArray();
                WriteOptional("default", @enum.Default);
                break;
            case FixedSchema @fixed:
                _json.WriteNumber("size", @fixed.Size);
                break;
            case RecordSchema record:
                _json.WriteStartArray("fields");
                foreach (var field in record.Fields)
                    WriteField(field, record.Namespace);
                _json.WriteEndArray();
                break;
        }
    }

    private void WriteField(RecordField field, string enclosing)
    {
        _json.WriteStartObject();
        _json.WriteString("name", field.Name);
        _json.WritePropertyName("type");
        WriteSchema(field.Schema, enclosing);
        WriteOptional("doc", field.Doc);
        if (field.Default is { } defaultValue)
        {
            _json.WritePropertyName("default");
            defaultValue.WriteTo(_json);
        }

        if (field.Order != FieldOrder.Ascending)
            _json.WriteString("order", field.Order == FieldOrder.Descending ? "descending" : "ignore");
        WriteNames("aliases", field.Aliases);
        WriteAttributes(field.Attributes);
        _json.WriteEndObject();
    }

    private void WriteOptional(string member, string? value)
    {
        if (value is not null)
            _json.WriteString(member, value);
    }

    private void WriteNames(string member, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return;
        _json.WriteStartArray(member);
        foreach (var name in names)
            _json.WriteStringValue(name);
        _json.WriteEndArray();
    }

    private void WriteAttributes(IReadOnlyDictionary<string, JsonElement> attributes)
    {
        foreach (var (name, value) in attributes)
        {
            _json.WritePropertyName(name);
            value.WriteTo(_json);
        }
    }
}
