using System.Collections.Immutable;
using System.Text.Json;
using UsageStreams.Avro;
using UsageStreams.Embedded.Registry.Rules;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry.Http;

/// <summary>Between the registry's own types and the bodies of requests and answers.</summary>
internal static class BodyMapping
{
    public static RegistrationBody ToRegistration(this SchemaVersion version) =>
        new(version.Id, version.Version, version.Content.SchemaType, version.Content.Text, NullIfEmpty(version.Content.References));

    public static SchemaBody ToBody(this SchemaContent content) => new(content.Text, content.SchemaType, NullIfEmpty(content.References));

    public static VersionBody ToBody(this SchemaVersion version) => new(
        version.Subject,
        version.Version,
        version.Id,
        version.Content.SchemaType,
        NullIfEmpty(version.Content.References),
        version.Content.Text,
        version.Deleted ? true : null);

    public static ConfigBody ToBody(this RegistryConfig config) => new() { CompatibilityLevel = config.Level?.ToName(), Others = OthersOf(config) };

    public static ConfigRequest ToEcho(this RegistryConfig config) => new() { Compatibility = config.Level?.ToName(), Others = OthersOf(config) };

    public static RegistryConfig OthersOf(ConfigRequest request)
    {
        IEnumerable<KeyValuePair<string, JsonElement>> others = request.Others ?? [];
        return new RegistryConfig(null, others.Where(static other => other.Value.ValueKind != JsonValueKind.Null).ToImmutableSortedDictionary(StringComparer.Ordinal));
    }

    /// <summary>Parses the schema of a request.</summary>
    /// <exception cref="RegistryRequestException">42201: it is no schema. 42205, 42210: it asks for what this registry has not.</exception>
    public static ProposedSchema Parse(this SchemaRequest request, RegistryState state)
    {
        if (request.Id is > 0)
            throw RegistryErrors.ChosenId(request.Id.Value);
        if (IsGiven(request.Metadata) || IsGiven(request.RuleSet))
            throw RegistryErrors.RuleSet();
        return ProposedSchema.Parse(state, request.SchemaType, request.Schema, request.References);
    }

    private static bool IsGiven(JsonElement? element) => element is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) };

    private static ImmutableArray<SchemaReference>? NullIfEmpty(ImmutableArray<SchemaReference> references) => references.IsEmpty ? null : references;

    private static Dictionary<string, JsonElement>? OthersOf(RegistryConfig config) =>
        config.Others.IsEmpty ? null : new Dictionary<string, JsonElement>(config.Others, StringComparer.Ordinal);
}
