using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry.Log;

/// <summary>A change of the registry, as one record of its topic.</summary>
internal abstract record LogRecord;

/// <summary>A version was registered, or rewritten as soft-deleted.</summary>
internal sealed record SchemaWritten(SchemaVersion Version) : LogRecord;

/// <summary>A version was deleted for good (a tombstone).</summary>
internal sealed record SchemaRemoved(string Subject, int Version) : LogRecord;

/// <summary>Versions 1 to <paramref name="UpToVersion"/> of a subject were soft-deleted.</summary>
internal sealed record SubjectDeleted(string Subject, int UpToVersion) : LogRecord;

/// <summary>A subject's configuration was set, or with null taken away. <see cref="RegistryState.Global"/> for that of all.</summary>
internal sealed record ConfigWritten(string Subject, RegistryConfig? Config) : LogRecord;

/// <summary>A subject's mode was set, or with null taken away. <see cref="RegistryState.Global"/> for that of all.</summary>
internal sealed record ModeWritten(string Subject, RegistryMode? Mode) : LogRecord;
