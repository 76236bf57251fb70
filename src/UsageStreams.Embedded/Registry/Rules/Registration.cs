using System.Collections.Immutable;
using UsageStreams.Embedded.Registry.Log;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry.Rules;

/// <summary>Registers schemas. The same schema again gives what it gave the first time; a new one must be compatible.</summary>
internal static class Registration
{
    /// <summary>Decides on a registration.</summary>
    /// <param name="state">The registry.</param>
    /// <param name="subject">The subject to register under.</param>
    /// <param name="proposed">The schema.</param>
    /// <param name="expectedVersion">The version that the client expects this to become, or null.</param>
    /// <exception cref="RegistryRequestException">409, 42201, 42205, 42208.</exception>
    public static Decision<SchemaVersion> Register(RegistryState state, string subject, ProposedSchema proposed, int? expectedVersion = null)
    {
        SubjectName.Check(subject);
        SchemaVersion[] live = [.. state.LiveVersionsOf(subject)];

        // Also where no writes are permitted: a producer that registers what is there already writes nothing.
        if (Lookup.Find(state, live, proposed) is { } known && (expectedVersion is null || expectedVersion == known.Version))
            return new Decision<SchemaVersion>(known, []);

        Settings.CheckWritable(state, subject);
        IReadOnlyList<string> incompatibilities = Compatibility.CheckAll(state, subject, proposed);
        if (incompatibilities.Count > 0)
            throw RegistryErrors.Incompatible(subject, incompatibilities);

        int version = state.VersionsOf(subject).IsEmpty ? 1 : state.VersionsOf(subject).Keys.Max() + 1;
        if (expectedVersion is not null && expectedVersion != version)
            throw RegistryErrors.InvalidSchema($"the version is {expectedVersion}, but the next one of subject '{subject}' is {version}.");

        int id = state.Ids.TryGetValue(proposed.Content, out int used) ? used : state.HighestId + 1;
        SchemaContent content = state.Contents.GetValueOrDefault(id) ?? proposed.Content;
        var registered = new SchemaVersion(subject, version, id, content, Deleted: false);
        return new Decision<SchemaVersion>(registered, [new SchemaWritten(registered), .. Superseded(state, registered)]);
    }

    /// <summary>Soft-deleted versions of the subject with the same id give way to the new one, unless another schema refers to them.</summary>
    private static IEnumerable<LogRecord> Superseded(RegistryState state, SchemaVersion registered) => state.VersionsOf(registered.Subject).Values
        .Where(version => version.Deleted && version.Id == registered.Id)
        .Where(version => ReferenceResolution.ReferrersOf(state, version, deletedToo: true).Count == 0)
        .Select(static version => new SchemaRemoved(version.Subject, version.Version));
}
