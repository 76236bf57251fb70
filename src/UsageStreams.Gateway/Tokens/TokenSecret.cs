using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace UsageStreams.Gateway.Tokens;

/// <summary>The form of a token: <c>ust_</c>, its id, <c>_</c>, 256 random bits.</summary>
internal static class TokenSecret
{
    private const string Prefix = "ust_";
    private const int IdBytes = 8;
    private const int SecretBytes = 32;
    private const int MaxLength = 128;

    /// <summary>A new token, and the id in it.</summary>
    public static string Create(out string id)
    {
        id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        return $"{Prefix}{id}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}";
    }

    /// <summary>What is kept of a token.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>The id in what may be a token.</summary>
    public static bool TryId(string token, [NotNullWhen(true)] out string? id)
    {
        const int end = 4 + (2 * IdBytes);
        id = token.Length is > end + 1 and <= MaxLength && token.StartsWith(Prefix, StringComparison.Ordinal) && token[end] == '_' ? token[Prefix.Length..end] : null;
        return id is not null;
    }
}
