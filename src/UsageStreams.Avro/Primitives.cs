namespace UsageStreams.Avro;

/// <summary>The primitive schemas, one shared instance each where they carry no attributes.</summary>
internal static class Primitives
{
    private static readonly Dictionary<string, PrimitiveSchema> ByName = new()
    {
        ["null"] = Create(AvroType.Null),
        ["boolean"] = Create(AvroType.Boolean),
        ["int"] = Create(AvroType.Int),
        ["long"] = Create(AvroType.Long),
        ["float"] = Create(AvroType.Float),
        ["double"] = Create(AvroType.Double),
        ["bytes"] = Create(AvroType.Bytes),
        ["string"] = Create(AvroType.String),
    };

    public static PrimitiveSchema? Find(string name) => ByName.GetValueOrDefault(name);

    public static PrimitiveSchema WithAttributes(PrimitiveSchema plain, SchemaAttributes attributes) =>
        ReferenceEquals(attributes, SchemaAttributes.None) ? plain : new PrimitiveSchema(plain.Type, attributes);

    private static PrimitiveSchema Create(AvroType type) => new(type, SchemaAttributes.None);
}

/// <summary>How schemas are called in messages, and in unions, where a name may stand once.</summary>
internal static class SchemaNames
{
    public static string Of(AvroSchema schema) => schema is NamedSchema named ? named.FullName : Of(schema.Type);

    public static string Of(AvroType type) => type switch
    {
        AvroType.Null => "null",
        AvroType.Boolean => "boolean",
        AvroType.Int => "int",
        AvroType.Long => "long",
        AvroType.Float => "float",
        AvroType.Double => "double",
        AvroType.Bytes => "bytes",
        AvroType.String => "string",
        AvroType.Record => "record",
        AvroType.Enum => "enum",
        AvroType.Array => "array",
        AvroType.Map => "map",
        AvroType.Union => "union",
        AvroType.Fixed => "fixed",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "There is no such Avro type."),
    };
}
