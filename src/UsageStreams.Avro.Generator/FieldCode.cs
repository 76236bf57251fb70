using System.Globalization;

namespace UsageStreams.Avro.Generator;

/// <summary>The C# of one field: its type, and the expressions that read and write a value of it.</summary>
internal sealed class FieldCode(RecordSchema record, RecordField declared)
{
    public string Property { get; } = CSharpNames.Property(record, declared);

    public string Type => TypeOf(declared.Schema);

    public string ReadExpression => Read(declared.Schema);

    /// <summary>Union of records that needs an interface of its own; null for every other field.</summary>
    public UnionSchema? Body => BodyOf(declared.Schema);

    public string TypeOf(AvroSchema schema) => schema switch
    {
        ArraySchema array => $"IReadOnlyList<{TypeOf(array.Items)}>",
        MapSchema map => $"IReadOnlyDictionary<string, {TypeOf(map.Values)}>",
        UnionSchema union => Nullable(union) is { } value ? TypeOf(value) + "?" : TypeOfBody(union),
        RecordSchema or EnumSchema => CSharpNames.Type((NamedSchema)schema),
        _ => TypeOfScalar(schema),
    };

    public string Read(AvroSchema schema) => schema switch
    {
        ArraySchema array => $"AvroCollections.ReadArray<{TypeOf(array.Items)}>(ref reader, {SchemaSizes.MinimumOf(array.Items)}, {Reader(array.Items)})",
        MapSchema map => $"AvroCollections.ReadMap<{TypeOf(map.Values)}>(ref reader, {SchemaSizes.MinimumOf(map.Values)}, {Reader(map.Values)})",
        UnionSchema union => ReadUnion(union),
        RecordSchema inner => ReadRecord(inner),
        EnumSchema @enum => $"({CSharpNames.Type(@enum)})reader.ReadEnum({@enum.Symbols.Count})",
        _ => $"reader.{ScalarCall("Read", schema, null)}",
    };

    public void Write(Source source, AvroSchema schema, string value)
    {
        switch (schema)
        {
            case UnionSchema union when Nullable(union) is { } content:
                WriteNullable(source, union, content, value);
                break;
            case UnionSchema union:
                WriteBody(source, union, value);
                break;
            default:
                source.Line(WriteExpression(schema, value) + ";");
                break;
        }
    }

    /// <summary>Null or the other branch, in either order.</summary>
    private static AvroSchema? Nullable(UnionSchema union) => union.Branches switch
    {
        [{ Type: AvroType.Null }, var value] => value,
        [var value, { Type: AvroType.Null }] => value,
        _ => null,
    };

    private static UnionSchema? BodyOf(AvroSchema schema) => schema switch
    {
        ArraySchema array => BodyOf(array.Items),
        MapSchema map => BodyOf(map.Values),
        UnionSchema union when Nullable(union) is { } value => BodyOf(value),
        UnionSchema union => union,
        _ => null,
    };

    private static string ReadRecord(RecordSchema inner) => CSharpNames.Hides(inner, "Read")
        ? $"AvroRecord.Read<{CSharpNames.Type(inner)}>(ref reader)"
        : $"{CSharpNames.Type(inner)}.Read(ref reader)";

    private static string WriteRecord(RecordSchema inner, string value) => CSharpNames.Hides(inner, "Write")
        ? $"AvroRecord.Write({value}, ref writer)"
        : $"{CSharpNames.Type(inner)}.Write({value}, ref writer)";

    private string TypeOfBody(UnionSchema union)
    {
        foreach (var branch in union.Branches)
        {
            if (branch is not RecordSchema && branch.Type != AvroType.Null)
                throw Unsupported($"a union of several types may hold records and null, not '{branch}'");
        }

        var name = CSharpNames.BodyInterface(record, declared);
        return union.Branches.Any(static branch => branch.Type == AvroType.Null) ? name + "?" : name;
    }

    private string TypeOfScalar(AvroSchema schema) => (schema.Type, schema.LogicalType?.Kind) switch
    {
        (_, LogicalKind.Decimal) => "decimal",
        (_, LogicalKind.TimestampMillis or LogicalKind.TimestampMicros) => "DateTimeOffset",
        (_, LogicalKind.Date) => "DateOnly",
        (AvroType.String, LogicalKind.Uuid) => "Guid",
        (AvroType.Boolean, _) => "bool",
        (AvroType.Int, _) => "int",
        (AvroType.Long, _) => "long",
        (AvroType.Float, _) => "float",
        (AvroType.Double, _) => "double",
        (AvroType.String, _) => "string",
        (AvroType.Bytes or AvroType.Fixed, _) => "byte[]",
        _ => throw Unsupported($"'{schema}' has no C# type"),
    };

    private static string ScalarCall(string verb, AvroSchema schema, string? value)
    {
        var leading = value is null ? "" : value + ", ";
        var size = (schema as FixedSchema)?.Size.ToString(CultureInfo.InvariantCulture);
        return (schema.Type, schema.LogicalType) switch
        {
            (AvroType.Bytes, { Kind: LogicalKind.Decimal } d) => $"{verb}Decimal({leading}{d.Precision}, {d.Scale})",
            (AvroType.Fixed, { Kind: LogicalKind.Decimal } d) => $"{verb}FixedDecimal({leading}{size}, {d.Precision}, {d.Scale})",
            (_, { Kind: LogicalKind.TimestampMillis }) => $"{verb}TimestampMillis({value})",
            (_, { Kind: LogicalKind.TimestampMicros }) => $"{verb}TimestampMicros({value})",
            (_, { Kind: LogicalKind.Date }) => $"{verb}Date({value})",
            (AvroType.String, { Kind: LogicalKind.Uuid }) => $"{verb}Uuid({value})",
            (AvroType.Fixed, _) => value is null ? $"ReadFixed({size}).ToArray()" : $"WriteFixed({value}, {size})",
            _ => $"{verb}{schema.Type}({value})",
        };
    }

    private string Reader(AvroSchema item) => item is RecordSchema inner && !CSharpNames.Hides(inner, "Read")
        ? $"{CSharpNames.Type(inner)}.Read"
        : $"static (ref reader) => {Read(item)}";

    private string Writer(AvroSchema item)
    {
        if (item is RecordSchema inner && !CSharpNames.Hides(inner, "Write"))
            return $"{CSharpNames.Type(inner)}.Write";
        if (item is not UnionSchema)
            return $"static (item, ref writer) => {WriteExpression(item, "item")}";
        var body = new Source();
        Write(body, item, "item");
        return $"static (item, ref writer) => {{ {string.Join(' ', body.ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))} }}";
    }

    private string WriteExpression(AvroSchema schema, string value) => schema switch
    {
        ArraySchema array => $"AvroCollections.WriteArray({value}, ref writer, {Writer(array.Items)})",
        MapSchema map => $"AvroCollections.WriteMap({value}, ref writer, {Writer(map.Values)})",
        RecordSchema inner => WriteRecord(inner, value),
        EnumSchema @enum => $"writer.WriteEnum((int){value}, {@enum.Symbols.Count})",
        _ => $"writer.{ScalarCall("Write", schema, value)}",
    };

    private string ReadUnion(UnionSchema union)
    {
        if (Nullable(union) is { } content)
        {
            var whenNull = union.Branches[0].Type == AvroType.Null ? 0 : 1;
            return $"reader.ReadUnion(2) == {whenNull} ? default({TypeOf(content)}?) : {Read(content)}";
        }

        var type = TypeOfBody(union);
        var arms = union.Branches.Select((branch, i) =>
            $"{(i == union.Branches.Count - 1 ? "_" : i)} => {(branch is RecordSchema inner ? ReadRecord(inner) : $"({type})null")}");
        return $"reader.ReadUnion({union.Branches.Count}) switch {{ {string.Join(", ", arms)} }}";
    }

    private void WriteNullable(Source source, UnionSchema union, AvroSchema content, string value)
    {
        var whenNull = union.Branches[0].Type == AvroType.Null ? 0 : 1;
        // Unique within the method, and not the name of anything the caller can see.
        var variable = value == "item" ? "present" : char.ToLowerInvariant(Property[0]) + Property[1..] + "Value";
        source.Open($"if ({value} is {{ }} {variable})");
        source.Line($"writer.WriteUnion({1 - whenNull});");
        Write(source, content, variable);
        source.Close();
        source.Open("else");
        source.Line($"writer.WriteUnion({whenNull});");
        source.Close();
    }

    private void WriteBody(Source source, UnionSchema union, string value)
    {
        source.Open($"switch ({value})");
        for (var i = 0; i < union.Branches.Count; i++)
        {
            if (union.Branches[i] is not RecordSchema inner)
            {
                source.Line("case null:");
                source.Indented($"writer.WriteUnion({i});");
                source.Indented("break;");
                continue;
            }

            source.Line($"case {CSharpNames.Type(inner)} branch{i}:");
            source.Indented($"writer.WriteUnion({i});");
            source.Indented($"{WriteRecord(inner, $"branch{i}")};");
            source.Indented("break;");
        }

        source.Line("default:");
        source.Indented($"throw new AvroDataException($\"a {{{value}?.GetType().Name ?? \"null\"}} is not one of the union's {union.Branches.Count} types\", field: \"{record.Name}.{declared.Name}\");");
        source.Close();
    }

    private AvroSchemaException Unsupported(string why) => new($"{record.FullName}.{declared.Name}: {why}.");
}
