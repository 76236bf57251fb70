using System.Text.Json;

namespace UsageStreams.Avro;

/// <summary>Parsing Canonical Form (specification, "Transforming into Parsing Canonical Form").</summary>
internal sealed class CanonicalFormWriter
{
    private readonly Utf8JsonWriter _json;
    private readonly HashSet<string> _written = [];

    private CanonicalFormWriter(Utf8JsonWriter json) => _json = json;

    public static string Write(AvroSchema schema) => SchemaJson.Write(json => new CanonicalFormWriter(json).WriteSchema(schema));

    private void WriteSchema(AvroSchema schema)
    {
        switch (schema)
        {
            case NamedSchema named:
                WriteNamed(named);
                break;
            case ArraySchema array:
                WriteContainer("array", "items", array.Items);
                break;
            case MapSchema map:
                WriteContainer("map", "values", map.Values);
                break;
            case UnionSchema union:
                _json.WriteStartArray();
                foreach (var branch in union.Branches)
                    WriteSchema(branch);
                _json.WriteEndArray();
                break;
            default:
                _json.WriteStringValue(SchemaNames.Of(schema));
                break;
        }
    }

    private void WriteContainer(string type, string member, AvroSchema content)
    {
        _json.WriteStartObject();
        _json.WriteString("type", type);
        _json.WritePropertyName(member);
        WriteSchema(content);
        _json.WriteEndObject();
    }

    private void WriteNamed(NamedSchema schema)
    {
        if (!_written.Add(schema.FullName))
        {
            _json.WriteStringValue(schema.FullName);
            return;
        }

        _json.WriteStartObject();
        _json.WriteString("name", schema.FullName);
        _json.WriteString("type", schema is RecordSchema { IsError: true } ? "error" : SchemaNames.Of(schema.Type));
        WriteContent(schema);
        _json.WriteEndObject();
    }

    private void WriteContent(NamedSchema schema)
    {
        if (schema is FixedSchema @fixed)
        {
            _json.WriteNumber("size", @fixed.Size);
            return;
        }

        _json.WriteStartArray(schema is RecordSchema ? "fields" : "symbols");
        foreach (var symbol in (schema as EnumSchema)?.Symbols ?? [])
            _json.WriteStringValue(symbol);
        foreach (var field in (schema as RecordSchema)?.Fields ?? [])
        {
            _json.WriteStartObject();
            _json.WriteString("name", field.Name);
            _json.WritePropertyName("type");
            WriteSchema(field.Schema);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }
}
