using System.Security.Cryptography;
using System.Text.Json;

namespace UsageStreams.Sinks;

/// <summary>JSON bodies, written the same way every time, so that their hash tells whether they differ.</summary>
internal static class Payload
{
    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer)) write(writer);
        return buffer.ToArray();
    }

    /// <summary>SHA-256, lower-case hex.</summary>
    public static string Hash(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body));

    /// <summary>A number without the zeros that its scale in the topic adds.</summary>
    public static void WriteDecimal(this Utf8JsonWriter writer, string name, decimal value) =>
        // Division by a one with 28 decimals makes .NET choose the smallest scale that is exact.
        writer.WriteNumber(name, value / 1.0000000000000000000000000000m);

    /// <summary>A reference to another record by its external id.</summary>
    public static void WriteReference(this Utf8JsonWriter writer, string name, string externalId)
    {
        writer.WriteStartObject(name);
        writer.WriteString("externalId", externalId);
        writer.WriteEndObject();
    }
}
