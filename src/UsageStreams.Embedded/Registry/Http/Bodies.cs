using System.Text.Json;
using System.Text.Json.Serialization;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry.Http;

/// <summary>An error. Clients read both members.</summary>
internal sealed record ErrorBody([property: JsonPropertyName("error_code")] int ErrorCode, string Message);

/// <summary>A schema to register, look up or compare.</summary>
internal sealed record SchemaRequest(
    string? Schema, string? SchemaType, IReadOnlyList<SchemaReference>? References, int? Id, int? Version, JsonElement? Metadata, JsonElement? RuleSet);

/// <summary>What a registration gave.</summary>
internal sealed record RegistrationBody(int Id, int Version, string SchemaType, string Schema, IReadOnlyList<SchemaReference>? References);

/// <summary>The schema that an id stands for.</summary>
internal sealed record SchemaBody(string Schema, string SchemaType, IReadOnlyList<SchemaReference>? References);

/// <summary>A version of a subject with its schema.</summary>
internal sealed record VersionBody(
    string Subject, int Version, int Id, string SchemaType, IReadOnlyList<SchemaReference>? References, string Schema, bool? Deleted);

/// <summary>A version of a subject by name only.</summary>
internal sealed record SubjectVersionBody(string Subject, int Version);

/// <summary>The outcome of a compatibility check.</summary>
internal sealed record CompatibilityBody([property: JsonPropertyName("is_compatible")] bool IsCompatible, IReadOnlyList<string>? Messages);

/// <summary>A configuration as it is sent and echoed: the level is called <c>compatibility</c>.</summary>
internal sealed class ConfigRequest
{
    public string? Compatibility { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>A configuration as it is told: the level is called <c>compatibilityLevel</c>.</summary>
internal sealed class ConfigBody
{
    public string? CompatibilityLevel { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>A mode, sent and told.</summary>
internal sealed record ModeBody(string? Mode);

/// <summary>Which cluster this is.</summary>
internal sealed record ClusterBody(ClusterScope Scope, string Id);

/// <summary>The names of a cluster's parts.</summary>
internal sealed record ClusterScope(IReadOnlyList<string> Path, IReadOnlyDictionary<string, string> Clusters);

/// <summary>Which release this is.</summary>
internal sealed record ReleaseBody(string Version, string CommitId);

/// <summary>An object without members.</summary>
internal sealed record EmptyBody;
