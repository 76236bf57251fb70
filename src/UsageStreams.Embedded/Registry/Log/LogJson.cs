using System.Text.Json;
using System.Text.Json.Serialization;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry.Log;

// Members stand in the order in which they are written: compaction compares keys byte by byte, so the order is part of the format.

/// <summary>A record's key.</summary>
internal sealed record LogKey(string? Keytype, string? Subject, int? Version, int Magic);

/// <summary>The value of a <c>SCHEMA</c> record.</summary>
internal sealed record LogSchema(
    string? Subject, int Version, int Id, string? SchemaType, IReadOnlyList<SchemaReference>? References, string? Schema, bool Deleted);

/// <summary>The value of a <c>CONFIG</c> record.</summary>
internal sealed class LogConfig
{
    public string? Subject { get; set; }

    public string? CompatibilityLevel { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>The value of a <c>MODE</c> record.</summary>
internal sealed record LogMode(string? Subject, string? Mode);

/// <summary>The value of a <c>DELETE_SUBJECT</c> record.</summary>
internal sealed record LogSubjectDeletion(string? Subject, int Version);
