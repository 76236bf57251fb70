using System.Collections.Immutable;
using UsageStreams.Avro;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry.Rules;

/// <summary>Parses schemas that take types from other subjects: those are parsed first, depth first, each name once.</summary>
internal static class ReferenceResolution
{
    /// <summary>Parses a text with its references.</summary>
    /// <exception cref="RegistryRequestException">42201: a reference or the text is wrong.</exception>
    public static AvroSchema Parse(RegistryState state, string text, ImmutableArray<SchemaReference> references)
    {
        var known = new Dictionary<string, NamedSchema>(StringComparer.Ordinal);
        var visited = new HashSet<(string Subject, int Version)>();
        foreach (SchemaReference reference in references)
            Add(state, reference, known, visited);
        return Parse(text, known);
    }

    /// <summary>The ids of the schemas that refer to a version, other than those of the subject left out.</summary>
    /// <param name="state">The registry.</param>
    /// <param name="version">The version referred to.</param>
    /// <param name="deletedToo">Whether soft-deleted schemas count.</param>
    /// <param name="exceptSubject">A subject whose own references do not count, or null.</param>
    public static IReadOnlyList<int> ReferrersOf(RegistryState state, SchemaVersion version, bool deletedToo, string? exceptSubject = null) =>
    [
        .. state.Subjects.Values
            .SelectMany(static versions => versions.Values)
            .Where(other => (deletedToo || !other.Deleted) && other.Subject != exceptSubject)
            .Where(other => other.Content.References.Any(reference => reference.Subject == version.Subject && reference.Version == version.Version))
            .Select(static other => other.Id)
            .Distinct()
            .Order(),
    ];

    private static void Add(
        RegistryState state, SchemaReference reference, Dictionary<string, NamedSchema> known, HashSet<(string Subject, int Version)> visited)
    {
        if (!visited.Add((reference.Subject, reference.Version)))
            return;
        if (!state.VersionsOf(reference.Subject).TryGetValue(reference.Version, out SchemaVersion? version))
            throw RegistryErrors.InvalidSchema($"the reference '{reference.Name}' is to version {reference.Version} of subject '{reference.Subject}', which is not there.");

        foreach (SchemaReference inner in version.Content.References)
            Add(state, inner, known, visited);
        foreach (NamedSchema named in NamedTypes.In(Parse(version.Content.Text, known)))
            known[named.FullName] = named;
        if (!known.ContainsKey(reference.Name))
            throw RegistryErrors.InvalidSchema($"version {reference.Version} of subject '{reference.Subject}' does not define '{reference.Name}'.");
    }

    private static AvroSchema Parse(string text, Dictionary<string, NamedSchema> known)
    {
        try
        {
            return AvroSchema.Parse(text, known.Values);
        }
        catch (AvroSchemaException error)
        {
            throw RegistryErrors.InvalidSchema(error.Message, error);
        }
    }
}
