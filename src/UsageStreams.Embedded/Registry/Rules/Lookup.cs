using System.Globalization;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry.Rules;

/// <summary>Finds subjects, versions and schemas in a state.</summary>
internal static class Lookup
{
    /// <summary>The versions of a subject, oldest first.</summary>
    /// <exception cref="RegistryRequestException">40401: there are none to show.</exception>
    public static IReadOnlyList<SchemaVersion> Versions(RegistryState state, string subject, Visibility visibility)
    {
        SchemaVersion[] versions = [.. state.VersionsOf(subject).Values.Where(visibility.Shows)];
        return versions.Length > 0 ? versions : throw RegistryErrors.SubjectNotFound(subject);
    }

    /// <summary>One version of a subject; <c>latest</c> or <c>-1</c> is the highest that is not deleted.</summary>
    /// <exception cref="RegistryRequestException">42202: no version number. 40401, 40402: no such subject, no such version.</exception>
    public static SchemaVersion Version(RegistryState state, string subject, string number, bool deletedToo)
    {
        int? wanted = ParseVersion(number);
        var visibility = new Visibility(deletedToo, DeletedOnly: false);
        if (!state.VersionsOf(subject).Values.Any(visibility.Shows))
            throw RegistryErrors.SubjectNotFound(subject);
        if (wanted is null)
            return state.LiveVersionsOf(subject).LastOrDefault() ?? throw RegistryErrors.NoLiveVersion(subject);

        SchemaVersion? version = state.VersionsOf(subject).GetValueOrDefault(wanted.Value);
        return version is not null && visibility.Shows(version) ? version : throw RegistryErrors.VersionNotFound(subject, wanted.Value);
    }

    /// <summary>Reads a version in a path: null stands for the latest.</summary>
    /// <exception cref="RegistryRequestException">42202: neither a number from 1 nor <c>latest</c>.</exception>
    public static int? ParseVersion(string number)
    {
        if (number is "latest" or "-1")
            return null;
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int version) && version > 0
            ? version
            : throw RegistryErrors.InvalidVersion(number);
    }

    /// <summary>What an id stands for, under soft-deleted versions too.</summary>
    /// <exception cref="RegistryRequestException">40403: the id is unknown.</exception>
    public static SchemaContent Content(RegistryState state, string id) =>
        int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? state.Contents.GetValueOrDefault(number) ?? throw RegistryErrors.IdNotFound(number)
            : throw RegistryErrors.IdNotANumber(id);

    /// <summary>The versions under which an id is registered.</summary>
    /// <exception cref="RegistryRequestException">40403: the id is unknown.</exception>
    public static IEnumerable<SchemaVersion> Uses(RegistryState state, string id, bool deletedToo)
    {
        _ = Content(state, id);
        return state.UsesOf(int.Parse(id, NumberStyles.None, CultureInfo.InvariantCulture)).Where(version => deletedToo || !version.Deleted);
    }

    /// <summary>The highest version of a subject that holds a schema.</summary>
    /// <exception cref="RegistryRequestException">40401: no such subject. 40403: the schema is not in it.</exception>
    public static SchemaVersion Schema(RegistryState state, string subject, ProposedSchema proposed, bool deletedToo)
    {
        IReadOnlyList<SchemaVersion> versions = Versions(state, subject, new Visibility(deletedToo, DeletedOnly: false));
        return Find(state, versions, proposed) ?? throw RegistryErrors.SchemaNotFound(subject);
    }

    /// <summary>The highest of some versions that holds a schema, written with references or with the same types written into it; or null.</summary>
    public static SchemaVersion? Find(RegistryState state, IReadOnlyList<SchemaVersion> versions, ProposedSchema proposed) =>
        versions.LastOrDefault(version => version.Content.Equals(proposed.Content))
        ?? versions.LastOrDefault(version => IsSameInlined(state, version.Content, proposed));

    private static bool IsSameInlined(RegistryState state, SchemaContent content, ProposedSchema proposed) =>
        proposed.Content.References.IsEmpty
        && !content.References.IsEmpty
        && ReferenceResolution.Parse(state, content.Text, content.References).ToJson() == proposed.Schema.ToJson();
}
