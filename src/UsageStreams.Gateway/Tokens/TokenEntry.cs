using System.Text.Json.Serialization;

namespace UsageStreams.Gateway.Tokens;

/// <summary>A token as its file keeps it: who has it and what it may send; the secret itself is known to its holder alone.</summary>
public sealed record TokenEntry
{
    /// <summary>The part of the token that is no secret, by which it is found.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it; unique.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the whole token, hexadecimal. The token holds 256 random bits, so no salt and no slow hash are needed.</summary>
    [JsonPropertyName("sha256")]
    public required string Hash { get; init; }

    /// <summary>The tenants whose events it may send; null for any.</summary>
    public IReadOnlyList<string>? Tenants { get; init; }

    /// <summary>The sources whose events it may send; null for any.</summary>
    public IReadOnlyList<string>? Sources { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The first instant at which it is no longer taken.</summary>
    public required DateTimeOffset Expires { get; init; }
}
