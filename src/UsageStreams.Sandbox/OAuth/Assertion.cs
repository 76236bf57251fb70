using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace UsageStreams.Sandbox.OAuth;

/// <summary>A signed JWT as received: its parts, not yet trusted.</summary>
internal sealed record Assertion(string Algorithm, string? KeyId, JsonElement Claims, byte[] SignedPart, byte[] Signature)
{
    /// <summary>Takes a compact JWT apart; null when it is none.</summary>
    public static Assertion? Parse(string? text)
    {
        var parts = text?.Split('.');
        if (parts is not { Length: 3 }) return null;
        try
        {
            var header = JsonElement.Parse(Base64Url.DecodeFromChars(parts[0]));
            var claims = JsonElement.Parse(Base64Url.DecodeFromChars(parts[1]));
            var keyId = header.TryGetProperty("kid", out var kid) ? kid.GetString() : null;
            return new Assertion(
                header.GetProperty("alg").GetString() ?? "",
                keyId,
                claims,
                Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"),
                Base64Url.DecodeFromChars(parts[2]));
        }
        catch (Exception error) when (error is FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A claim's text, or null.</summary>
    public string? Text(string claim) =>
        Claims.TryGetProperty(claim, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A claim's Unix seconds, or null.</summary>
    public long? Seconds(string claim) =>
        Claims.TryGetProperty(claim, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) ? seconds : null;
}
