using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using UsageStreams.Avro;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry.Log;

/// <summary>
/// Reads and writes the records of the <c>_schemas</c> topic as Confluent's registry does, so that either can go on with the other's log.
/// </summary>
internal static class LogRecordCodec
{
    public static byte[] EncodeKey(LogRecord record) => Write(KeyOf(record), RegistryJson.Relaxed.LogKey);

    /// <summary>The record's value; null for a tombstone.</summary>
    public static byte[]? EncodeValue(LogRecord record) => record switch
    {
        SchemaWritten written => Write(ValueOf(written.Version), RegistryJson.Relaxed.LogSchema),
        SubjectDeleted deleted => Write(new LogSubjectDeletion(deleted.Subject, deleted.UpToVersion), RegistryJson.Relaxed.LogSubjectDeletion),
        ConfigWritten { Config: { } config } written => Write(ValueOf(written.Subject, config), RegistryJson.Relaxed.LogConfig),
        ModeWritten { Mode: { } mode } written => Write(new LogMode(NullIfGlobal(written.Subject), mode.Name()), RegistryJson.Relaxed.LogMode),
        _ => null,
    };

    /// <summary>Reads a record.</summary>
    /// <returns>The change it stands for, or null when it changes nothing here (a no-op, a context, a key type of newer servers).</returns>
    /// <exception cref="InvalidDataException">The record is of a known type, but not as that type must be.</exception>
    public static LogRecord? Decode(byte[]? key, byte[]? value)
    {
        LogKey read = Read(key ?? throw new InvalidDataException("the record has no key"), RegistryJson.Relaxed.LogKey);
        return read.Keytype switch
        {
            "SCHEMA" => value is null ? new SchemaRemoved(SubjectOf(read), VersionOf(read)) : new SchemaWritten(VersionOf(read, value)),
            "DELETE_SUBJECT" => value is null
                ? null
                : new SubjectDeleted(SubjectOf(read), Read(value, RegistryJson.Relaxed.LogSubjectDeletion).Version),
            "CONFIG" => new ConfigWritten(read.Subject ?? RegistryState.Global, value is null ? null : ConfigOf(value)),
            "MODE" => new ModeWritten(read.Subject ?? RegistryState.Global, value is null ? null : ModeOf(value)),
            _ => null,
        };
    }

    private static LogKey KeyOf(LogRecord record) => record switch
    {
        SchemaWritten written => new LogKey("SCHEMA", written.Version.Subject, written.Version.Version, 1),
        SchemaRemoved removed => new LogKey("SCHEMA", removed.Subject, removed.Version, 1),
        SubjectDeleted deleted => new LogKey("DELETE_SUBJECT", deleted.Subject, null, 0),
        ConfigWritten config => new LogKey("CONFIG", NullIfGlobal(config.Subject), null, 0),
        ModeWritten mode => new LogKey("MODE", NullIfGlobal(mode.Subject), null, 0),
        _ => throw new ArgumentOutOfRangeException(nameof(record), record.GetType().Name, "is no record of the log"),
    };

    private static LogSchema ValueOf(SchemaVersion version)
    {
        SchemaContent content = version.Content;
        IReadOnlyList<SchemaReference>? references = content.References.IsEmpty ? null : content.References;
        return new LogSchema(version.Subject, version.Version, version.Id, content.SchemaType, references, content.Text, version.Deleted);
    }

    private static LogConfig ValueOf(string subject, RegistryConfig config) => new()
    {
        Subject = NullIfGlobal(subject),
        CompatibilityLevel = config.Level?.ToName(),
        Others = config.Others.IsEmpty ? null : new Dictionary<string, JsonElement>(config.Others, StringComparer.Ordinal),
    };

    private static SchemaVersion VersionOf(LogKey key, byte[] value)
    {
        LogSchema schema = Read(value, RegistryJson.Relaxed.LogSchema);
        if (schema.Schema is null || schema.Id < 1)
            throw new InvalidDataException($"the value of '{key.Subject}' version {key.Version} has no schema or no id");
        ImmutableArray<SchemaReference> references = schema.References is null ? [] : [.. schema.References];
        var content = new SchemaContent(schema.SchemaType ?? SchemaContent.Avro, schema.Schema, references);
        return new SchemaVersion(SubjectOf(key), VersionOf(key), schema.Id, content, schema.Deleted);
    }

    private static RegistryConfig ConfigOf(byte[] value)
    {
        LogConfig config = Read(value, RegistryJson.Relaxed.LogConfig);
        CompatibilityLevel? level = null;
        if (config.CompatibilityLevel is { } name)
            level = CompatibilityLevels.TryParse(name, out CompatibilityLevel known) ? known : throw new InvalidDataException($"'{name}' is no compatibility level");
        return new RegistryConfig(level, config.Others?.ToImmutableSortedDictionary(StringComparer.Ordinal) ?? RegistryConfig.NoOthers);
    }

    private static RegistryMode ModeOf(byte[] value)
    {
        string? name = Read(value, RegistryJson.Relaxed.LogMode).Mode;
        return RegistryModeNames.TryParse(name, out RegistryMode mode) ? mode : throw new InvalidDataException($"'{name}' is no mode");
    }

    private static string SubjectOf(LogKey key) => key.Subject ?? throw new InvalidDataException($"a key of type {key.Keytype} has no subject");

    private static int VersionOf(LogKey key) => key.Version ?? throw new InvalidDataException($"the key of subject '{key.Subject}' has no version");

    private static string? NullIfGlobal(string subject) => subject == RegistryState.Global ? null : subject;

    private static byte[] Write<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    private static T Read<T>(byte[] json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new InvalidDataException("the record is the JSON value null");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"the record is not the JSON that was expected: {error.Message}", error);
        }
    }
}
