using System.Collections.Immutable;

namespace UsageStreams.Embedded.Registry.State;

/// <summary>
/// What an id stands for: a schema's type, text and references. Two contents are equal when their canonical texts are,
/// so a schema that another server wrote with other white space is still the same schema.
/// </summary>
internal sealed class SchemaContent : IEquatable<SchemaContent>
{
    /// <summary>The one schema type this registry registers; others are only kept when a foreign log holds them.</summary>
    public const string Avro = "AVRO";

    private readonly string _canonical;

    public SchemaContent(string schemaType, string text, ImmutableArray<SchemaReference> references)
    {
        SchemaType = schemaType;
        Text = text;
        References = references;
        _canonical = schemaType == Avro && references.IsEmpty ? AvroText.CanonicalOrSame(text) : text;
    }

    public string SchemaType { get; }

    public string Text { get; }

    public ImmutableArray<SchemaReference> References { get; }

    public bool Equals(SchemaContent? other) =>
        other is not null && SchemaType == other.SchemaType && _canonical == other._canonical && References.SequenceEqual(other.References);

    public override bool Equals(object? obj) => Equals(obj as SchemaContent);

    public override int GetHashCode() => HashCode.Combine(SchemaType, _canonical, References.Length);
}
