using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using UsageStreams.Embedded.Registry.Http;
using UsageStreams.Embedded.Registry.Log;

namespace UsageStreams.Embedded.Registry;

/// <summary>How the registry's JSON is written and read: camel case, null members left out.</summary>
[JsonSerializable(typeof(LogKey))]
[JsonSerializable(typeof(LogSchema))]
[JsonSerializable(typeof(LogConfig))]
[JsonSerializable(typeof(LogMode))]
[JsonSerializable(typeof(LogSubjectDeletion))]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(SchemaRequest))]
[JsonSerializable(typeof(RegistrationBody))]
[JsonSerializable(typeof(SchemaBody))]
[JsonSerializable(typeof(VersionBody))]
[JsonSerializable(typeof(IReadOnlyList<VersionBody>))]
[JsonSerializable(typeof(IReadOnlyList<SubjectVersionBody>))]
[JsonSerializable(typeof(CompatibilityBody))]
[JsonSerializable(typeof(ConfigRequest))]
[JsonSerializable(typeof(ConfigBody))]
[JsonSerializable(typeof(ModeBody))]
[JsonSerializable(typeof(ClusterBody))]
[JsonSerializable(typeof(ReleaseBody))]
[JsonSerializable(typeof(EmptyBody))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<int>))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class RegistryJson : JsonSerializerContext
{
    /// <summary>Escapes only what JSON requires: schema texts, full of quotes, stay readable and as short as other servers write them.</summary>
    public static RegistryJson Relaxed { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
