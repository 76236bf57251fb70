using System.Text.Json;

namespace UsageStreams.Avro;

/// <summary>
/// An Avro schema: immutable once parsed, safe to share between threads. Schemas are compared by reference;
/// compare <see cref="ToJson"/> or <see cref="CanonicalForm"/> for meaning.
/// </summary>
public abstract class AvroSchema
{
    private string? _json;
    private string? _canonicalForm;

    private protected AvroSchema(SchemaAttributes attributes)
    {
        LogicalType = attributes.LogicalType;
        Attributes = attributes.Other;
    }

    /// <summary>Kind of the schema.</summary>
    public abstract AvroType Type { get; }

    /// <summary>The logical type, or null where there is none, or an unknown or invalid one (which the specification has readers ignore).</summary>
    public LogicalType? LogicalType { get; }

    /// <summary>Attributes beyond the specification's structural ones, as written, <c>logicalType</c> and its parameters included.</summary>
    public IReadOnlyDictionary<string, JsonElement> Attributes { get; }

    /// <summary>
    /// The schema on one line, self-contained: every named type is written out where it is first met. Keeps <c>doc</c>, <c>default</c>,
    /// <c>aliases</c>, <c>order</c> and all other attributes.
    /// </summary>
    public string ToJson() => _json ??= SchemaJsonWriter.Write(this);

    /// <summary>The specification's Parsing Canonical Form: only what matters for reading bytes.</summary>
    public string CanonicalForm => _canonicalForm ??= CanonicalFormWriter.Write(this);

    /// <summary>CRC-64-AVRO (Rabin) fingerprint of <see cref="CanonicalForm"/>.</summary>
    public ulong Fingerprint => RabinFingerprint.Compute(CanonicalForm);

    /// <summary>Parses a schema that stands alone.</summary>
    /// <param name="json">The schema's JSON text; a primitive is a quoted string.</param>
    /// <exception cref="AvroSchemaException">The text is not JSON or not a schema.</exception>
    public static AvroSchema Parse(string json) => SchemaParser.Parse(json, static _ => null);

    /// <summary>Parses a schema that may refer to types defined elsewhere.</summary>
    /// <param name="json">The schema's JSON text.</param>
    /// <param name="known">Types it may name without defining them.</param>
    /// <exception cref="AvroSchemaException">The text is not JSON, not a schema, or names a type that is neither defined before nor known.</exception>
    public static AvroSchema Parse(string json, IEnumerable<NamedSchema> known)
    {
        var byName = known.ToDictionary(static schema => schema.FullName);
        return SchemaParser.Parse(json, byName.GetValueOrDefault);
    }

    /// <summary>Parses a schema whose foreign types are looked up when they are first met.</summary>
    /// <param name="json">The schema's JSON text.</param>
    /// <param name="resolve">Given a full name, the type, or null when it is unknown.</param>
    /// <exception cref="AvroSchemaException">The text is not JSON, not a schema, or names an unknown type.</exception>
    public static AvroSchema Parse(string json, Func<string, NamedSchema?> resolve) => SchemaParser.Parse(json, resolve);

    /// <summary>Same as <see cref="ToJson"/>.</summary>
    public override string ToString() => ToJson();
}
