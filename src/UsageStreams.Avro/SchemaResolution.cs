using UsageStreams.Avro.Resolution;

namespace UsageStreams.Avro;

/// <summary>
/// How values written with one schema are read with another (specification, "Schema Resolution"): fields by name or alias, defaults for what
/// the writer did not have, promotions. Planned once, then used for every record; safe to share between threads.
/// </summary>
/// <remarks>
/// The result is the reader's binary form, so that a type's own reader only ever meets its own schema. Beyond the specification, which would
/// silently read wrong numbers: a decimal whose scale differs is rescaled (or refused where that would round), and of two different
/// other logical types over the same base type, such as milliseconds and microseconds, none is read as the other.
/// </remarks>
public sealed class SchemaResolution
{
    private readonly Step _root;

    private SchemaResolution(Step root) => _root = root;

    /// <summary>Whether the two binary forms are the same, so that the reader can read the writer's bytes as they are.</summary>
    public bool IsIdentity => _root.IsCopy;

    /// <summary>
    /// Plans the way from one schema to another. Never fails: what cannot be resolved is an error when a value is met that needs it.
    /// </summary>
    /// <param name="writer">The schema the bytes are written with.</param>
    /// <param name="reader">The schema they are wanted in.</param>
    public static SchemaResolution Create(AvroSchema writer, AvroSchema reader) =>
        new(writer.ToJson() == reader.ToJson() ? new CopyStep(writer) : new StepPlanner().Plan(writer, reader));

    /// <summary>Turns one value of the writer's schema into one of the reader's.</summary>
    /// <param name="from">Stands at the value; afterwards behind it.</param>
    /// <param name="to">Where the reader's form goes; the caller flushes it.</param>
    /// <exception cref="AvroDataException">The bytes are no value of the writer's schema, or it cannot be read with the reader's.</exception>
    public void Transcode(ref AvroReader from, ref AvroWriter to) => _root.Run(ref from, ref to);
}
