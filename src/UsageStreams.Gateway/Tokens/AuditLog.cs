using System.Text.Json;

namespace UsageStreams.Gateway.Tokens;

/// <summary>The file that tells who did what to the tokens and when: one JSON object on each line, only ever appended to.</summary>
internal sealed class AuditLog(string path, TimeProvider time)
{
    /// <summary>Writes a line, and has it on the disk before it returns.</summary>
    /// <param name="action">What was asked for.</param>
    /// <param name="name">The token's name, where it is about one.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="token">What the token may do, where one was made or revoked. Of its secret nothing is written.</param>
    /// <exception cref="GatewayException">It can't be written.</exception>
    public void Write(string action, string? name, string outcome, TokenEntry? token = null)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var stream = new FileStream(path, options);
            using (var writer = new Utf8JsonWriter(stream))
            {
                writer.WriteStartObject();
                writer.WriteString("time", time.GetUtcNow());
                writer.WriteString("actor", $"{Environment.UserName}@{Environment.MachineName}");
                writer.WriteString("action", action);
                if (name is not null)
                    writer.WriteString("token", name);
                if (token is not null)
                    Write(writer, token);
                writer.WriteString("outcome", outcome);
                writer.WriteEndObject();
            }

            stream.WriteByte((byte)'\n');
            stream.Flush(flushToDisk: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GatewayException($"The audit log {path} can't be written: {error.Message} Nothing is done that isn't audited; make it writable and try again.", error);
        }
    }

    private static void Write(Utf8JsonWriter writer, TokenEntry token)
    {
        writer.WriteString("id", token.Id);
        WriteList(writer, "tenants", token.Tenants);
        WriteList(writer, "sources", token.Sources);
        writer.WriteString("expires", token.Expires);
    }

    private static void WriteList(Utf8JsonWriter writer, string name, IReadOnlyList<string>? values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values ?? ["*"])
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}
