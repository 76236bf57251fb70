using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace UsageStreams.Sandbox.OAuth;

/// <summary>Issues opaque access tokens and knows which still hold. Tokens die with the process.</summary>
internal sealed class TokenDesk(TimeProvider clock, TimeSpan lifetime)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _tokens = new();

    public TimeSpan Lifetime => lifetime;

    public string Issue()
    {
        var token = RandomNumberGenerator.GetHexString(48, lowercase: true);
        _tokens[token] = clock.GetUtcNow() + lifetime;
        return token;
    }

    /// <summary>Whether the value of an Authorization header bears a token that holds.</summary>
    public bool Admits(string? authorization, out string token)
    {
        const string scheme = "Bearer ";
        token = authorization is not null && authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? authorization[scheme.Length..] : "";
        return _tokens.TryGetValue(token, out var expiry) && clock.GetUtcNow() < expiry;
    }

    public void Revoke(string token) => _tokens.TryRemove(token, out _);
}
