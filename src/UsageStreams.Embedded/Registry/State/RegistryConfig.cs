using System.Collections.Immutable;
using System.Text.Json;
using UsageStreams.Avro;

namespace UsageStreams.Embedded.Registry.State;

/// <summary>The configuration of a subject, or of all that have none.</summary>
/// <param name="Level">The compatibility level; null when only other settings were made.</param>
/// <param name="Others">Settings that this registry keeps and tells again, without acting on them.</param>
internal sealed record RegistryConfig(CompatibilityLevel? Level, ImmutableSortedDictionary<string, JsonElement> Others)
{
    /// <summary>What holds where nothing was set, as in Confluent's registry.</summary>
    public const CompatibilityLevel DefaultLevel = CompatibilityLevel.Backward;

    public static ImmutableSortedDictionary<string, JsonElement> NoOthers { get; } =
        ImmutableSortedDictionary.Create<string, JsonElement>(StringComparer.Ordinal);

    public static RegistryConfig Of(CompatibilityLevel level) => new(level, NoOthers);
}
