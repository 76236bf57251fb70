using System.Text.Json;

namespace UsageStreams.Avro.Generator;

/// <summary>The C# initialiser that says the schema's default; where there is none, the property is required.</summary>
internal static class DefaultCode
{
    /// <summary>An initialiser with the equals sign in front, an empty text where C#'s own default is it, or null where there is none.</summary>
    public static string? Of(RecordField field) => field.Default is { } json ? Of(field.Schema, json) : null;

    private static string? Of(AvroSchema schema, JsonElement json) => (schema, json.ValueKind) switch
    {
        (UnionSchema union, JsonValueKind.Null) when union.Branches.Any(static branch => branch.Type == AvroType.Null) => "",
        (UnionSchema { Branches: [var first, ..] }, _) when first is not RecordSchema => Of(first, json),
        (ArraySchema, JsonValueKind.Array) when json.GetArrayLength() == 0 => " = [];",
        (MapSchema map, JsonValueKind.Object) when !json.EnumerateObject().Any() => " = ReadOnlyDictionary<string, {0}>.Empty;",
        (EnumSchema @enum, JsonValueKind.String) when @enum.Symbols.Contains(json.GetString()!) =>
            $" = {CSharpNames.Type(@enum)}.{CSharpNames.Pascal(json.GetString()!)};",
        // What the numbers and texts of logical types stand for is not what C# would make of them.
        ({ LogicalType: not null }, _) => null,
        ({ Type: AvroType.Boolean }, JsonValueKind.True) => " = true;",
        ({ Type: AvroType.Boolean }, JsonValueKind.False) => "",
        ({ Type: AvroType.Int }, JsonValueKind.Number) when json.TryGetInt32(out var value) => value == 0 ? "" : $" = {value};",
        ({ Type: AvroType.Long }, JsonValueKind.Number) when json.TryGetInt64(out var value) => value == 0 ? "" : $" = {value};",
        ({ Type: AvroType.Float }, JsonValueKind.Number) => $" = {json.GetSingle():R}f;",
        ({ Type: AvroType.Double }, JsonValueKind.Number) => $" = {json.GetDouble():R}d;",
        ({ Type: AvroType.String }, JsonValueKind.String) => $" = {Literal(json.GetString()!)};",
        ({ Type: AvroType.Bytes }, JsonValueKind.String) when json.GetString()!.Length == 0 => " = [];",
        _ => null,
    };

    // A JSON string with everything beyond plain ASCII escaped is a C# string.
    private static string Literal(string text) => JsonSerializer.Serialize(text);
}
