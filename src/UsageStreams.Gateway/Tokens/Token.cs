using System.Collections.Frozen;
using UsageStreams.Gateway.Limits;
using UsageStreams.Model;

namespace UsageStreams.Gateway.Tokens;

/// <summary>A token in force: what it may send, and what it is sending.</summary>
internal sealed class Token
{
    private readonly FrozenSet<string>? _tenants;
    private readonly FrozenSet<string>? _sources;

    public Token(TokenEntry entry)
        : this(entry, new TokenUse())
    {
    }

    private Token(TokenEntry entry, TokenUse use)
    {
        (Entry, Use) = (entry, use);
        Hash = Convert.FromHexString(entry.Hash);
        _tenants = entry.Tenants?.ToFrozenSet(StringComparer.Ordinal);
        _sources = entry.Sources?.ToFrozenSet(StringComparer.Ordinal);
    }

    public TokenEntry Entry { get; }

    public byte[] Hash { get; }

    public TokenUse Use { get; }

    /// <summary>The same token with what its file says now.</summary>
    public Token With(TokenEntry entry) => new(entry, Use);

    /// <summary>Whether the token may send an event; null when it may.</summary>
    public EventFault? Check(UsageEvent usage) =>
        _tenants?.Contains(usage.Tenant) == false
            ? new EventFault("forbidden-tenant", $"The token '{Entry.Name}' may not send events of the tenant '{usage.Tenant}'; use the token that was made for it.")
            : _sources?.Contains(usage.Source) == false
                ? new EventFault("forbidden-source", $"The token '{Entry.Name}' may not send events of the source '{usage.Source}'; use the token that was made for it.")
                : null;
}
