using System.Buffers;
using System.Text;
using System.Text.Json;

namespace UsageStreams.Avro;

/// <summary>Turns a field's default, which a schema says in JSON, into the bytes a writer would have written.</summary>
internal static class DefaultValue
{
    /// <summary>The bytes, or null where the default is not a value of the schema.</summary>
    public static byte[]? Encode(AvroSchema schema, JsonElement json) => (schema, json.ValueKind) switch
    {
        (RecordSchema record, JsonValueKind.Object) => EncodeRecord(record, json),
        (ArraySchema array, JsonValueKind.Array) => EncodeArray(array, json),
        (MapSchema map, JsonValueKind.Object) => EncodeMap(map, json),
        (UnionSchema union, _) => EncodeUnion(union, json),
        (EnumSchema @enum, JsonValueKind.String) => EncodeEnum(@enum, json.GetString()!),
        (FixedSchema @fixed, JsonValueKind.String) => Latin1(json) is { } bytes && bytes.Length == @fixed.Size ? bytes : null,
        _ => EncodePrimitive(schema.Type, json),
    };

    private static byte[]? EncodePrimitive(AvroType type, JsonElement json) => (type, json.ValueKind) switch
    {
        (AvroType.Null, JsonValueKind.Null) => [],
        (AvroType.Boolean, JsonValueKind.True) => [1],
        (AvroType.Boolean, JsonValueKind.False) => [0],
        (AvroType.Int, JsonValueKind.Number) when json.TryGetInt32(out var value) => Long(value),
        (AvroType.Long, JsonValueKind.Number) when json.TryGetInt64(out var value) => Long(value),
        (AvroType.Float, JsonValueKind.Number) => Write(json.GetSingle(), static (value, ref writer) => writer.WriteFloat(value)),
        (AvroType.Double, JsonValueKind.Number) => Write(json.GetDouble(), static (value, ref writer) => writer.WriteDouble(value)),
        (AvroType.String, JsonValueKind.String) => Text(json.GetString()!),
        (AvroType.Bytes, JsonValueKind.String) when Latin1(json) is { } bytes => [.. Long(bytes.Length), .. bytes],
        _ => null,
    };

    private static byte[]? EncodeRecord(RecordSchema record, JsonElement json)
    {
        var encoded = new List<byte>();
        foreach (var field in record.Fields)
        {
            var given = json.TryGetProperty(field.Name, out var member) ? member : field.Default;
            if (given is not { } value || Encode(field.Schema, value) is not { } bytes)
                return null;
            encoded.AddRange(bytes);
        }

        return [.. encoded];
    }

    private static byte[]? EncodeArray(ArraySchema array, JsonElement json)
    {
        var encoded = new List<byte>(json.GetArrayLength() == 0 ? [] : Long(json.GetArrayLength()));
        foreach (var item in json.EnumerateArray())
        {
            if (Encode(array.Items, item) is not { } bytes)
                return null;
            encoded.AddRange(bytes);
        }

        return [.. encoded, 0];
    }

    private static byte[]? EncodeMap(MapSchema map, JsonElement json)
    {
        var members = json.EnumerateObject().ToList();
        var encoded = new List<byte>(members.Count == 0 ? [] : Long(members.Count));
        foreach (var member in members)
        {
            if (Encode(map.Values, member.Value) is not { } bytes)
                return null;
            encoded.AddRange(Text(member.Name));
            encoded.AddRange(bytes);
        }

        return [.. encoded, 0];
    }

    // The specification used to allow only the first branch here; now any may match, and the first that does is meant.
    private static byte[]? EncodeUnion(UnionSchema union, JsonElement json)
    {
        for (var i = 0; i < union.Branches.Count; i++)
        {
            if (Encode(union.Branches[i], json) is { } bytes)
                return [.. Long(i), .. bytes];
        }

        return null;
    }

    private static byte[]? EncodeEnum(EnumSchema schema, string symbol)
    {
        for (var i = 0; i < schema.Symbols.Count; i++)
        {
            if (schema.Symbols[i] == symbol)
                return Long(i);
        }

        return null;
    }

    // Bytes are said as a string whose code points are the bytes.
    private static byte[]? Latin1(JsonElement json)
    {
        var text = json.GetString()!;
        return text.All(static c => c <= 0xff) ? Encoding.Latin1.GetBytes(text) : null;
    }

    private static byte[] Long(long value) => Write(value, static (number, ref writer) => writer.WriteLong(number));

    private static byte[] Text(string value) => Write(value, static (text, ref writer) => writer.WriteString(text));

    private static byte[] Write<T>(T value, AvroWrite<T> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new AvroWriter(buffer);
        write(value, ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
