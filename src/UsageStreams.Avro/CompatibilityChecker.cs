namespace UsageStreams.Avro;

/// <summary>One walk over a reader's and a writer's schema.</summary>
internal sealed class CompatibilityChecker
{
    private static readonly IReadOnlyList<SchemaIncompatibility> Compatible = [];

    // A pair of records that is being checked further up counts as compatible: were it not, that would be found there.
    private readonly Dictionary<(RecordSchema Reader, RecordSchema Writer), IReadOnlyList<SchemaIncompatibility>> _records = [];

    public IReadOnlyList<SchemaIncompatibility> Check(AvroSchema reader, AvroSchema writer, string path) => (reader, writer) switch
    {
        (UnionSchema, UnionSchema union) => CheckUnions(reader, union, path),
        (_, UnionSchema union) => [.. union.Branches.SelectMany((branch, i) => Check(reader, branch, $"{path}/{i}"))],
        (UnionSchema union, _) => CheckReaderUnion(union, writer, path),
        (ArraySchema r, ArraySchema w) => Check(r.Items, w.Items, path + "/items"),
        (MapSchema r, MapSchema w) => Check(r.Values, w.Values, path + "/values"),
        (FixedSchema r, FixedSchema w) => [.. CheckNames(r, w, path), .. CheckSizes(r, w, path)],
        (EnumSchema r, EnumSchema w) => [.. CheckNames(r, w, path), .. CheckSymbols(r, w, path)],
        (RecordSchema r, RecordSchema w) => CheckRecords(r, w, path),
        _ when reader.Type == writer.Type || Promotion.IsPossible(writer.Type, reader.Type) => Compatible,
        _ => [new(SchemaIncompatibilityType.TypeMismatch, Pointer(path),
            $"reader type '{SchemaNames.Of(reader.Type)}' cannot read writer type '{SchemaNames.Of(writer.Type)}'")],
    };

    private List<SchemaIncompatibility> CheckUnions(AvroSchema reader, UnionSchema writer, string path)
    {
        var found = new List<SchemaIncompatibility>();
        for (var i = 0; i < writer.Branches.Count; i++)
        {
            if (Check(reader, writer.Branches[i], path).Count > 0)
                found.Add(MissingBranch(writer.Branches[i], $"{path}/{i}"));
        }

        return found;
    }

    private IReadOnlyList<SchemaIncompatibility> CheckReaderUnion(UnionSchema reader, AvroSchema writer, string path)
    {
        foreach (var branch in reader.Branches)
        {
            if (Check(branch, writer, path).Count == 0)
                return Compatible;
        }

        return [MissingBranch(writer, path)];
    }

    private IReadOnlyList<SchemaIncompatibility> CheckRecords(RecordSchema reader, RecordSchema writer, string path)
    {
        if (_records.TryGetValue((reader, writer), out var known))
            return known;
        _records[(reader, writer)] = Compatible;
        var found = new List<SchemaIncompatibility>(CheckNames(reader, writer, path));
        for (var i = 0; i < reader.Fields.Count; i++)
            found.AddRange(CheckField(reader.Fields[i], writer, $"{path}/fields/{i}"));
        return _records[(reader, writer)] = found;
    }

    private IReadOnlyList<SchemaIncompatibility> CheckField(RecordField field, RecordSchema writer, string path)
    {
        var matches = FieldMatch.Find(field, writer);
        return matches.Count switch
        {
            1 => Check(field.Schema, matches[0].Schema, path + "/type"),
            0 when field.Default is not null => Compatible,
            0 => [new(SchemaIncompatibilityType.ReaderFieldMissingDefaultValue, path,
                $"the writer has no field '{field.Name}' and the reader has no default for it")],
            _ => [new(SchemaIncompatibilityType.NameMismatch, path,
                $"field '{field.Name}' and its aliases stand for {matches.Count} fields of the writer: {string.Join(", ", matches.Select(static m => m.Name))}")],
        };
    }

    private static IReadOnlyList<SchemaIncompatibility> CheckNames(NamedSchema reader, NamedSchema writer, string path) => FieldMatch.SameName(reader, writer)
        ? Compatible
        : [new(SchemaIncompatibilityType.NameMismatch, path + "/name", $"expected '{writer.FullName}', the reader has '{reader.FullName}' and no such alias")];

    private static IReadOnlyList<SchemaIncompatibility> CheckSizes(FixedSchema reader, FixedSchema writer, string path) => reader.Size == writer.Size
        ? Compatible
        : [new(SchemaIncompatibilityType.FixedSizeMismatch, path + "/size", $"expected size {writer.Size}, the reader has {reader.Size}")];

    private static IReadOnlyList<SchemaIncompatibility> CheckSymbols(EnumSchema reader, EnumSchema writer, string path)
    {
        var missing = writer.Symbols.Except(reader.Symbols).ToList();
        return missing.Count == 0 || reader.Default is not null
            ? Compatible
            : [new(SchemaIncompatibilityType.MissingEnumSymbols, path + "/symbols", $"the reader lacks the symbols {string.Join(", ", missing)} and has no default")];
    }

    private static SchemaIncompatibility MissingBranch(AvroSchema writer, string path) => new(
        SchemaIncompatibilityType.MissingUnionBranch, Pointer(path), $"the reader's union has no branch for the writer's '{SchemaNames.Of(writer)}'");

    private static string Pointer(string path) => path.Length == 0 ? "/" : path;
}
