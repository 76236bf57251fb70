namespace UsageStreams.Avro.Generator;

/// <summary>The C# of one record.</summary>
internal sealed class RecordCode(RecordSchema record, IReadOnlyList<string> bodies)
{
    private readonly string _type = CSharpNames.Type(record);
    private readonly bool _isRecursive = SchemaParts.IsRecursive(record);

    public void Write(Source source)
    {
        source.Summary(record.Doc ?? $"The record {record.FullName}.");
        source.Open($"public sealed partial record {_type} : {string.Join(", ", [$"IAvroRecord<{_type}>", .. bodies])}");
        WriteSchema(source);
        var names = new HashSet<string>();
        foreach (var field in record.Fields)
        {
            var code = new FieldCode(record, field);
            if (!names.Add(code.Property))
                throw new AvroSchemaException($"{record.FullName}.{field.Name}: another field is also called '{code.Property}' in C#; rename one of them.");
            WriteProperty(source, field, code);
        }

        WriteRead(source);
        source.Line();
        WriteWrite(source);
        source.Close();
    }

    private void WriteSchema(Source source)
    {
        source.Line("/// <inheritdoc/>");
        // Static fields of a type without static constructor are set when the first of them is used: nothing is parsed until then.
        var json = record.ToJson();
        var backing = CSharpNames.Hides(record, "Schema");
        source.Line($"{Member("AvroSchema", "Schema")} {(backing ? "=> AvroSchemaOfRecord;" : $"{{ get; }} = AvroSchema.Parse({RawLiteral(json)});")}");
        source.Line();
        if (!backing)
            return;
        source.Line($"private static readonly AvroSchema AvroSchemaOfRecord = AvroSchema.Parse({RawLiteral(json)});");
        source.Line();
    }

    private static void WriteProperty(Source source, RecordField field, FieldCode code)
    {
        source.Summary(field.Doc ?? $"The field {field.Name}.");
        var initialiser = DefaultCode.Of(field);
        if (field.Schema is MapSchema map && initialiser is not null)
            initialiser = string.Format(System.Globalization.CultureInfo.InvariantCulture, initialiser, code.TypeOf(map.Values));
        source.Line($"public {(initialiser is null ? "required " : "")}{code.Type} {code.Property} {{ get; init; }}{initialiser}");
        source.Line();
    }

    private void WriteRead(Source source)
    {
        source.Line("/// <inheritdoc/>");
        source.Open($"{Member(_type, "Read")}(ref AvroReader reader)");
        if (_isRecursive)
            source.Line("reader.Descend();");
        // Initialisers run in the order they are written, which is the order of the fields.
        source.Open(_isRecursive ? $"var value = new {_type}" : $"return new {_type}");
        foreach (var field in record.Fields)
        {
            var code = new FieldCode(record, field);
            source.Line($"{code.Property} = {code.ReadExpression},");
        }

        source.CloseStatement();
        if (_isRecursive)
        {
            source.Line("reader.Ascend();");
            source.Line("return value;");
        }

        source.Close();
    }

    private void WriteWrite(Source source)
    {
        source.Line("/// <inheritdoc/>");
        source.Open($"{Member("void", "Write")}({_type} value, ref AvroWriter writer)");
        foreach (var field in record.Fields)
        {
            var code = new FieldCode(record, field);
            code.Write(source, field.Schema, $"value.{code.Property}");
        }

        source.Close();
    }

    private string Member(string type, string name) => CSharpNames.Hides(record, name)
        ? $"static {type} IAvroRecord<{_type}>.{name}"
        : $"public static {type} {name}";

    private static string RawLiteral(string text)
    {
        var quotes = "\"\"\"";
        while (text.Contains(quotes, StringComparison.Ordinal))
            quotes += '"';
        return $"{quotes}{text}{quotes}";
    }
}
