using UsageStreams.Avro;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry.Rules;

/// <summary>Compares a schema with versions of a subject under the level that holds for it.</summary>
internal static class Compatibility
{
    /// <summary>Compares with what the level demands: the latest version, or all of them, newest first.</summary>
    /// <returns>What does not fit the newest version that the schema does not fit; empty when it fits.</returns>
    public static IReadOnlyList<string> CheckAll(RegistryState state, string subject, ProposedSchema proposed)
    {
        IEnumerable<SchemaVersion> newestFirst = state.LiveVersionsOf(subject).Reverse();
        if (!state.LevelOf(subject).IsTransitive())
            newestFirst = newestFirst.Take(1);
        foreach (SchemaVersion version in newestFirst)
        {
            IReadOnlyList<string> messages = Check(state, subject, proposed, version);
            if (messages.Count > 0)
                return messages;
        }

        return [];
    }

    /// <summary>Compares with one version.</summary>
    /// <returns>What does not fit; empty when everything does.</returns>
    public static IReadOnlyList<string> Check(RegistryState state, string subject, ProposedSchema proposed, SchemaVersion version)
    {
        CompatibilityLevel level = state.LevelOf(subject);
        if (level == CompatibilityLevel.None)
            return [];
        if (version.Content.SchemaType != SchemaContent.Avro)
            return [$"{{errorType:'SCHEMA_TYPE_MISMATCH', description:'Version {version.Version} is of type {version.Content.SchemaType}, this is {SchemaContent.Avro}'}}"];

        AvroSchema existing = ReferenceResolution.Parse(state, version.Content.Text, version.Content.References);
        string[] faults =
        [
            .. SchemaCompatibility.Check(proposed.Schema, [existing], level)
                .Select(static fault => $"{{errorType:'{fault.Code}', description:'{fault.Message}', additionalInfo:'{fault.Path}'}}"),
        ];
        return faults.Length == 0
            ? []
            : [.. faults, $"{{oldSchemaVersion: {version.Version}}}", $"{{oldSchema: '{version.Content.Text}'}}", $"{{compatibility: '{level.ToName()}'}}"];
    }
}
