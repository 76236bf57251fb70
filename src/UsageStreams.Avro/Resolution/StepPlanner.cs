namespace UsageStreams.Avro.Resolution;

/// <summary>Finds the way from a writer's schema to a reader's.</summary>
internal sealed class StepPlanner
{
    private readonly Dictionary<(RecordSchema Writer, RecordSchema Reader), RecordStep> _records = [];

    public Step Plan(AvroSchema writer, AvroSchema reader) => (writer, reader) switch
    {
        (UnionSchema w, _) => PlanWriterUnion(w, reader),
        (_, UnionSchema r) => PlanReaderUnion(writer, r),
        (RecordSchema w, RecordSchema r) => FieldMatch.SameName(r, w) ? PlanRecord(w, r) : Mismatch(w, r),
        (EnumSchema w, EnumSchema r) => FieldMatch.SameName(r, w) ? PlanEnum(w, r) : Mismatch(w, r),
        (FixedSchema w, FixedSchema r) when !FieldMatch.SameName(r, w) || w.Size != r.Size => Mismatch(w, r),
        (ArraySchema w, ArraySchema r) => PlanBlocks(w, Plan(w.Items, r.Items), w.MinimumItemSize, withKeys: false),
        (MapSchema w, MapSchema r) => PlanBlocks(w, Plan(w.Values, r.Values), w.MinimumItemSize, withKeys: true),
        _ => PlanScalar(writer, reader),
    };

    private static Step PlanScalar(AvroSchema writer, AvroSchema reader)
    {
        if (writer.Type == reader.Type)
            return PlanLogical(writer, reader);
        return (writer.Type, reader.Type) switch
        {
            (AvroType.Int, AvroType.Long) or (AvroType.String, AvroType.Bytes) or (AvroType.Bytes, AvroType.String) => new CopyStep(writer),
            (AvroType.Int or AvroType.Long, AvroType.Float) => new IntegerToFloatStep(),
            (AvroType.Int or AvroType.Long, AvroType.Double) => new IntegerToDoubleStep(),
            (AvroType.Float, AvroType.Double) => new FloatToDoubleStep(),
            _ => Mismatch(writer, reader),
        };
    }

    private static Step PlanLogical(AvroSchema writer, AvroSchema reader) => (writer.LogicalType, reader.LogicalType) switch
    {
        ({ Kind: LogicalKind.Decimal } w, { Kind: LogicalKind.Decimal } r) when w.Scale != r.Scale => new RescaleStep(writer, reader),
        ({ } w, { } r) when w.Kind != r.Kind => new FailStep(
            $"the writer's {SchemaNames.Of(writer)} is a {w.Kind} and the reader's a {r.Kind}: reading one as the other gives a wrong value"),
        _ => new CopyStep(writer),
    };

    private static Step PlanBlocks(AvroSchema writer, Step content, int minimumItemSize, bool withKeys) =>
        content.IsCopy ? new CopyStep(writer) : new BlocksStep(content, minimumItemSize, withKeys);

    private static Step PlanEnum(EnumSchema writer, EnumSchema reader)
    {
        var symbols = reader.Symbols.ToList();
        var otherwise = reader.Default is null ? -1 : symbols.IndexOf(reader.Default);
        var indexes = writer.Symbols.Select(symbol => symbols.IndexOf(symbol) is var i && i < 0 ? otherwise : i).ToArray();
        return indexes.SequenceEqual(Enumerable.Range(0, indexes.Length)) ? new CopyStep(writer) : new EnumStep(writer, reader, indexes);
    }

    private RecordStep PlanRecord(RecordSchema writer, RecordSchema reader)
    {
        if (_records.TryGetValue((writer, reader), out var known))
            return known;
        var step = _records[(writer, reader)] = new RecordStep(writer);
        var fields = new List<FieldStep>();
        foreach (var field in reader.Fields)
        {
            if (PlanField(field, writer, out var planned) is { } failure)
            {
                step.Fail($"the writer's record '{writer.FullName}' cannot be read as '{reader.FullName}': {failure}");
                return step;
            }

            fields.Add(planned);
        }

        step.Complete([.. fields]);
        return step;
    }

    /// <summary>Plans a field, or tells why it cannot be had.</summary>
    private string? PlanField(RecordField field, RecordSchema writer, out FieldStep planned)
    {
        planned = default;
        var matches = FieldMatch.Find(field, writer);
        if (matches.Count > 1)
            return $"field '{field.Name}' and its aliases stand for {matches.Count} of its fields ({string.Join(", ", matches.Select(static m => m.Name))})";
        if (matches.Count == 1)
        {
            planned = new FieldStep(Array.IndexOf(writer.FieldArray, matches[0]), Plan(matches[0].Schema, field.Schema), null);
            return null;
        }

        if (field.Default is not { } json)
            return $"it has no field '{field.Name}', for which there is no default";
        if (DefaultValue.Encode(field.Schema, json) is not { } bytes)
            return $"it has no field '{field.Name}', whose default {json.GetRawText()} is not a value of {field.Schema}";
        planned = new FieldStep(-1, null, bytes);
        return null;
    }

    private Step PlanWriterUnion(UnionSchema writer, AvroSchema reader)
    {
        var branches = writer.Branches.Select(branch => Plan(branch, reader)).ToArray();
        var isCopy = reader is UnionSchema && branches.Select(static (step, i) => step is ReaderUnionStep { Content.IsCopy: true } to && to.Branch == i).All(static same => same);
        return isCopy ? new CopyStep(writer) : new WriterUnionStep(branches);
    }

    private Step PlanReaderUnion(AvroSchema writer, UnionSchema reader)
    {
        var index = BranchMatch.Find(writer, reader, (w, r) => !PlanRecord(w, r).CanFail);
        return index < 0
            ? new FailStep($"the reader's union has no branch for the writer's '{SchemaNames.Of(writer)}'")
            : new ReaderUnionStep(index, Plan(writer, reader.Branches[index]));
    }

    private static FailStep Mismatch(AvroSchema writer, AvroSchema reader) =>
        new($"the writer's {Describe(writer)} cannot be read as {Describe(reader)}");

    private static string Describe(AvroSchema schema) => schema switch
    {
        FixedSchema @fixed => $"fixed({@fixed.Size}) '{@fixed.FullName}'",
        NamedSchema named => $"{SchemaNames.Of(named.Type)} '{named.FullName}'",
        _ => SchemaNames.Of(schema),
    };
}
