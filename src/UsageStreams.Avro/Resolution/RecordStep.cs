namespace UsageStreams.Avro.Resolution;

/// <summary>
/// A record: the reader's fields in the reader's order. Where the writer's stand in the same order, one pass does; else the writer's fields
/// are passed over once to learn where each starts.
/// </summary>
internal sealed class RecordStep : Step
{
    // More positions than this are kept on the heap.
    private const int MaxStackFields = 64;

    private readonly RecordSchema _writer;
    private FieldStep[] _fields = [];
    private bool _isInOrder;
    private bool _isCopy;
    private FailStep? _failure;

    public RecordStep(RecordSchema writer) => _writer = writer;

    public override bool IsCopy => _isCopy;

    public bool CanFail => _failure is not null || _fields.Any(static step => step.Content is FailStep);

    public void Complete(FieldStep[] fields)
    {
        _fields = fields;
        var order = fields.Where(static field => field.WriterIndex >= 0).Select(static field => field.WriterIndex).ToList();
        // Strictly: two of the reader's fields may stand for the same one of the writer's.
        _isInOrder = order.Zip(order.Skip(1)).All(static pair => pair.First < pair.Second);
        _isCopy = fields.Length == _writer.Fields.Count
            && fields.Select(static (field, i) => field.WriterIndex == i && field.Content is { IsCopy: true }).All(static same => same);
    }

    public void Fail(string message) => _failure = new FailStep(message);

    public override void Run(ref AvroReader from, ref AvroWriter to)
    {
        _failure?.Run(ref from, ref to);
        if (_isCopy)
        {
            CopyStep.Copy(_writer, ref from, ref to);
            return;
        }

        from.Descend();
        if (_isInOrder)
            RunInOrder(ref from, ref to);
        else
            RunReordered(ref from, ref to);
        from.Ascend();
    }

    private void RunInOrder(ref AvroReader from, ref AvroWriter to)
    {
        var next = 0;
        foreach (var field in _fields)
        {
            if (field.Default is { } bytes)
            {
                to.WriteRaw(bytes);
                continue;
            }

            Skip(next, field.WriterIndex, ref from);
            field.Content!.Run(ref from, ref to);
            next = field.WriterIndex + 1;
        }

        Skip(next, _writer.FieldArray.Length, ref from);
    }

    private void RunReordered(ref AvroReader from, ref AvroWriter to)
    {
        var count = _writer.FieldArray.Length;
        Span<int> starts = count <= MaxStackFields ? stackalloc int[count] : new int[count];
        for (var i = 0; i < count; i++)
        {
            starts[i] = from.Position;
            Skip(i, i + 1, ref from);
        }

        var end = from.Position;
        foreach (var field in _fields)
        {
            if (field.Default is { } bytes)
            {
                to.WriteRaw(bytes);
                continue;
            }

            from.Seek(starts[field.WriterIndex]);
            field.Content!.Run(ref from, ref to);
        }

        from.Seek(end);
    }

    private void Skip(int first, int end, ref AvroReader from)
    {
        for (var i = first; i < end; i++)
            SchemaSkipper.Skip(_writer.FieldArray[i].Schema, ref from);
    }
}

/// <summary>A field of the reader's: from one of the writer's, or always the same bytes.</summary>
internal readonly record struct FieldStep(int WriterIndex, Step? Content, byte[]? Default);
