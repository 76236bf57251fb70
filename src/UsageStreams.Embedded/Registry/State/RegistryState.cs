using System.Collections.Immutable;
using UsageStreams.Avro;
using UsageStreams.Embedded.Registry.Log;

namespace UsageStreams.Embedded.Registry.State;

using Versions = ImmutableSortedDictionary<int, SchemaVersion>;

/// <summary>
/// Everything the registry knows, as of one offset of its topic. Immutable, so that a request sees one state from its
/// beginning to its end while records go on being applied.
/// </summary>
internal sealed record RegistryState
{
    /// <summary>The name under which global settings stand among the subjects' own.</summary>
    public const string Global = "";

    public static RegistryState Empty { get; } = new();

    public ImmutableSortedDictionary<string, Versions> Subjects { get; private init; } =
        ImmutableSortedDictionary.Create<string, Versions>(StringComparer.Ordinal);

    public ImmutableDictionary<int, SchemaContent> Contents { get; private init; } = ImmutableDictionary<int, SchemaContent>.Empty;

    public ImmutableDictionary<SchemaContent, int> Ids { get; private init; } = ImmutableDictionary<SchemaContent, int>.Empty;

    public ImmutableDictionary<string, RegistryConfig> Configs { get; private init; } =
        ImmutableDictionary.Create<string, RegistryConfig>(StringComparer.Ordinal);

    public ImmutableDictionary<string, RegistryMode> Modes { get; private init; } =
        ImmutableDictionary.Create<string, RegistryMode>(StringComparer.Ordinal);

    /// <summary>The highest id ever seen in the log; 0 before the first.</summary>
    public int HighestId { get; private init; }

    /// <summary>All versions of a subject, soft-deleted ones too; none when it is unknown.</summary>
    public Versions VersionsOf(string subject) => Subjects.GetValueOrDefault(subject, Versions.Empty);

    /// <summary>The versions of a subject that are not deleted, oldest first.</summary>
    public IEnumerable<SchemaVersion> LiveVersionsOf(string subject) => VersionsOf(subject).Values.Where(static version => !version.Deleted);

    /// <summary>Every version under which an id is registered, by subject and number.</summary>
    public IEnumerable<SchemaVersion> UsesOf(int id) => Subjects.Values.SelectMany(static versions => versions.Values).Where(version => version.Id == id);

    /// <summary>The subject's own level, else the global one, else the default.</summary>
    public CompatibilityLevel LevelOf(string subject) =>
        Configs.GetValueOrDefault(subject)?.Level ?? Configs.GetValueOrDefault(Global)?.Level ?? RegistryConfig.DefaultLevel;

    /// <summary>The subject's own mode, else the global one, else read-write. A global override wins over all.</summary>
    public RegistryMode ModeOf(string subject)
    {
        RegistryMode global = Modes.GetValueOrDefault(Global, RegistryMode.ReadWrite);
        return global == RegistryMode.ReadOnlyOverride ? global : Modes.GetValueOrDefault(subject, global);
    }

    /// <summary>The state after a record of the log.</summary>
    /// <param name="record">The next record in offset order.</param>
    /// <param name="refusal">Why the record was left out, or null when it was applied.</param>
    public RegistryState Apply(LogRecord record, out string? refusal)
    {
        refusal = null;
        switch (record)
        {
            case SchemaWritten written:
                return Contents.TryGetValue(written.Version.Id, out SchemaContent? known) && !known.Equals(written.Version.Content)
                    ? Refuse(written.Version, out refusal)
                    : Put(written.Version);
            case SchemaRemoved removed:
                return Remove(removed.Subject, removed.Version);
            case SubjectDeleted deleted:
                return SoftDelete(deleted.Subject, deleted.UpToVersion);
            case ConfigWritten config:
                return this with { Configs = config.Config is null ? Configs.Remove(config.Subject) : Configs.SetItem(config.Subject, config.Config) };
            case ModeWritten mode:
                return this with { Modes = mode.Mode is null ? Modes.Remove(mode.Subject) : Modes.SetItem(mode.Subject, mode.Mode.Value) };
            default:
                throw new ArgumentOutOfRangeException(nameof(record), record.GetType().Name, "is no record that changes a registry");
        }
    }

    private RegistryState Refuse(SchemaVersion version, out string refusal)
    {
        refusal = $"id {version.Id} of subject '{version.Subject}' version {version.Version} already stands for another schema";
        return this;
    }

    private RegistryState Put(SchemaVersion version)
    {
        RegistryState cleared = VersionsOf(version.Subject).TryGetValue(version.Version, out SchemaVersion? before) && before.Id != version.Id
            ? Remove(version.Subject, version.Version)
            : this;
        return cleared with
        {
            Subjects = cleared.Subjects.SetItem(version.Subject, cleared.VersionsOf(version.Subject).SetItem(version.Version, version)),
            Contents = cleared.Contents.ContainsKey(version.Id) ? cleared.Contents : cleared.Contents.Add(version.Id, version.Content),
            Ids = cleared.Ids.ContainsKey(version.Content) ? cleared.Ids : cleared.Ids.Add(version.Content, version.Id),
            HighestId = Math.Max(cleared.HighestId, version.Id),
        };
    }

    private RegistryState Remove(string subject, int number)
    {
        Versions versions = VersionsOf(subject);
        if (!versions.TryGetValue(number, out SchemaVersion? version))
            return this;

        Versions left = versions.Remove(number);
        RegistryState after = this with { Subjects = left.IsEmpty ? Subjects.Remove(subject) : Subjects.SetItem(subject, left) };
        if (after.UsesOf(version.Id).Any())
            return after;

        // The id of a text that is gone everywhere is forgotten, but HighestId keeps it from being given to another text.
        bool named = Ids.TryGetValue(version.Content, out int id) && id == version.Id;
        return after with { Contents = Contents.Remove(version.Id), Ids = named ? Ids.Remove(version.Content) : Ids };
    }

    private RegistryState SoftDelete(string subject, int upToVersion)
    {
        Versions versions = VersionsOf(subject);
        if (versions.IsEmpty)
            return this;

        Versions deleted = versions.ToImmutableSortedDictionary(
            static pair => pair.Key,
            pair => pair.Key <= upToVersion ? pair.Value with { Deleted = true } : pair.Value);
        return this with { Subjects = Subjects.SetItem(subject, deleted) };
    }
}
