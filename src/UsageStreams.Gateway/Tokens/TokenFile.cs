using System.Text.Json;
using System.Text.Json.Serialization;

namespace UsageStreams.Gateway.Tokens;

/// <summary>Reads and replaces the file of tokens.</summary>
internal static class TokenFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, AllowDuplicateProperties = false, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Reads a file.</summary>
    /// <exception cref="GatewayException">It can't be read, or is no such file.</exception>
    public static IReadOnlyList<TokenEntry> Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var content = JsonSerializer.Deserialize<Content>(stream, Json) ?? throw new JsonException("The file says null.");
            Check(path, content.Tokens);
            return content.Tokens;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GatewayException($"The tokens in {path} can't be read: {error.Message} Make the file with 'usagestreams gateway token add'.", error);
        }
        catch (JsonException error)
        {
            throw new GatewayException($"{path} is no file of tokens: {error.Message} Make it with 'usagestreams gateway token add', and don't edit it by hand.", error);
        }
    }

    /// <summary>Puts a new file in the place of the old, readable by its owner alone; whoever reads meanwhile sees the old or the new.</summary>
    public static void Write(string path, IReadOnlyList<TokenEntry> tokens)
    {
        var next = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(next, options))
        {
            JsonSerializer.Serialize(stream, new Content(tokens), Json);
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }

    private static void Check(string path, IReadOnlyList<TokenEntry> tokens)
    {
        foreach (var token in tokens)
        {
            if (token.Id.Length == 0 || token.Hash.Length != 64 || !token.Hash.All(char.IsAsciiHexDigit))
                throw new GatewayException($"{path}: the token '{token.Name}' has no id, or its hash is no SHA-256 in hexadecimal. Revoke it and make another.");
        }

        if (tokens.GroupBy(static token => token.Id, StringComparer.Ordinal).FirstOrDefault(static same => same.Count() > 1) is { } twice)
            throw new GatewayException($"{path} holds the id {twice.Key} {twice.Count()} times. Revoke these tokens and make others.");
    }

    private sealed record Content(IReadOnlyList<TokenEntry> Tokens);
}
