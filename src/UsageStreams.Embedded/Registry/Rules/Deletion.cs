using System.Collections.Immutable;
using UsageStreams.Embedded.Registry.Log;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry.Rules;

/// <summary>Deletes in two steps: softly, so that data already written stays readable, and then for good.</summary>
internal static class Deletion
{
    /// <summary>Deletes a subject.</summary>
    /// <returns>The numbers of the versions that this deletes.</returns>
    /// <exception cref="RegistryRequestException">40401, 40404, 40405, 42205, 42206.</exception>
    public static Decision<IReadOnlyList<int>> Subject(RegistryState state, string subject, bool permanent)
    {
        Settings.CheckWritable(state, subject);
        ImmutableArray<SchemaVersion> all = [.. state.VersionsOf(subject).Values];
        ImmutableArray<SchemaVersion> live = [.. state.LiveVersionsOf(subject)];
        if (all.IsEmpty)
            throw RegistryErrors.SubjectNotFound(subject);
        if (permanent && !live.IsEmpty)
            throw RegistryErrors.SubjectNotSoftDeleted(subject);
        if (!permanent && live.IsEmpty)
            throw RegistryErrors.SubjectSoftDeleted(subject);

        ImmutableArray<SchemaVersion> deleted = permanent ? all : live;
        foreach (SchemaVersion version in deleted)
            CheckUnreferenced(state, version, permanent, exceptSubject: subject);

        IEnumerable<LogRecord> records = permanent
            ? deleted.Select(static LogRecord (version) => new SchemaRemoved(version.Subject, version.Version))
            : [new SubjectDeleted(subject, all[^1].Version)];
        return new Decision<IReadOnlyList<int>>([.. deleted.Select(static version => version.Version)], [.. records, .. SettingsOf(state, subject)]);
    }

    /// <summary>Deletes one version. With the last that was not deleted go the subject's configuration and mode.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="RegistryRequestException">40401, 40402, 40406, 40407, 42202, 42205, 42206.</exception>
    public static Decision<int> Version(RegistryState state, string subject, string number, bool permanent)
    {
        Settings.CheckWritable(state, subject);
        SchemaVersion version = Lookup.Version(state, subject, number, deletedToo: true);
        if (permanent && !version.Deleted)
            throw RegistryErrors.VersionNotSoftDeleted(subject, version.Version);
        if (!permanent && version.Deleted)
            throw RegistryErrors.VersionSoftDeleted(subject, version.Version);
        CheckUnreferenced(state, version, permanent, exceptSubject: null);

        LogRecord record = permanent ? new SchemaRemoved(subject, version.Version) : new SchemaWritten(version with { Deleted = true });
        bool last = !state.LiveVersionsOf(subject).Any(other => other.Version != version.Version);
        return new Decision<int>(version.Version, last ? [record, .. SettingsOf(state, subject)] : [record]);
    }

    private static void CheckUnreferenced(RegistryState state, SchemaVersion version, bool permanent, string? exceptSubject)
    {
        IReadOnlyList<int> referrers = ReferenceResolution.ReferrersOf(state, version, deletedToo: permanent, exceptSubject);
        if (referrers.Count > 0)
            throw RegistryErrors.ReferenceExists(version.Subject, version.Version, referrers);
    }

    private static IEnumerable<LogRecord> SettingsOf(RegistryState state, string subject)
    {
        if (state.Configs.ContainsKey(subject))
            yield return new ConfigWritten(subject, null);
        if (state.Modes.ContainsKey(subject))
            yield return new ModeWritten(subject, null);
    }
}
