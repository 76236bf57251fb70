using System.Collections.Immutable;
using UsageStreams.Avro;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry.Rules;

/// <summary>A schema that a client sent, parsed.</summary>
/// <param name="Content">As it would be kept.</param>
/// <param name="Schema">With its references resolved.</param>
internal sealed record ProposedSchema(SchemaContent Content, AvroSchema Schema)
{
    /// <summary>Parses a schema in a registry's state.</summary>
    /// <exception cref="RegistryRequestException">42201: the text is no Avro schema, or a reference cannot be resolved.</exception>
    public static ProposedSchema Parse(RegistryState state, string? schemaType, string? text, IReadOnlyList<SchemaReference>? references)
    {
        if (schemaType is not null && !string.Equals(schemaType, SchemaContent.Avro, StringComparison.OrdinalIgnoreCase))
            throw RegistryErrors.InvalidSchemaType(schemaType);
        if (string.IsNullOrWhiteSpace(text))
            throw RegistryErrors.InvalidSchema("it is empty; 'schema' is a string that holds the schema's JSON text.");

        ImmutableArray<SchemaReference> pinned = references is null ? [] : [.. references.Select(reference => Pin(state, reference))];
        AvroSchema schema = ReferenceResolution.Parse(state, text, pinned);
        return new ProposedSchema(new SchemaContent(SchemaContent.Avro, AvroText.ToKeep(schema, text, !pinned.IsEmpty), pinned), schema);
    }

    /// <summary>Gives a reference to the latest version (-1) the number that this is now.</summary>
    private static SchemaReference Pin(RegistryState state, SchemaReference reference)
    {
        if (string.IsNullOrEmpty(reference.Name) || string.IsNullOrEmpty(reference.Subject))
            throw RegistryErrors.InvalidSchema("a reference needs 'name', 'subject' and 'version'.");

        string subject = SubjectName.Resolve(reference.Subject);
        SchemaVersion? referenced = reference.Version == -1
            ? state.LiveVersionsOf(subject).LastOrDefault()
            : state.VersionsOf(subject).GetValueOrDefault(reference.Version);
        return referenced is null
            ? throw RegistryErrors.InvalidSchema($"the reference '{reference.Name}' is to version {reference.Version} of subject '{subject}', which is not there; register that first.")
            : new SchemaReference(reference.Name, subject, referenced.Version);
    }
}
