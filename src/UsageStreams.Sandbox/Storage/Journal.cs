using System.Text.Json;

namespace UsageStreams.Sandbox.Storage;

/// <summary>
/// Every effect, one JSON object a line, written before the caller is answered. It survives a kill of the process;
/// it isn't synced to the device, so a power cut may take its end.
/// </summary>
internal sealed class Journal : IDisposable
{
    private readonly FileStream _file;

    public Journal(string directory)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, "effects.jsonl");
        try
        {
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException error)
        {
            throw new SandboxException($"The sandbox's journal {path} can't be opened: {error.Message} Is another sandbox running on this folder?", error);
        }
    }

    /// <summary>All effects so far. Cuts a last line that was torn by a kill: its caller got no answer.</summary>
    public IEnumerable<JournalLine> Load()
    {
        var bytes = new byte[_file.Length];
        _file.Position = 0;
        _file.ReadExactly(bytes);
        var start = 0;
        for (var number = 1; start < bytes.Length; number++)
        {
            var length = bytes.AsSpan(start).IndexOf((byte)'\n');
            if (length < 0) break;
            yield return Parse(bytes.AsSpan(start, length), number);
            start += length + 1;
        }

        _file.SetLength(start);
        _file.Position = start;
    }

    /// <summary>Appends effects in one write.</summary>
    public void Append(IReadOnlyCollection<JournalLine> lines)
    {
        using var buffer = new MemoryStream();
        foreach (var line in lines)
        {
            JsonSerializer.Serialize(buffer, line, SandboxJson.Options);
            buffer.WriteByte((byte)'\n');
        }

        _file.Write(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    public void Dispose() => _file.Dispose();

    private JournalLine Parse(ReadOnlySpan<byte> line, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<JournalLine>(line, SandboxJson.Options) ?? throw new JsonException("The line holds null.");
        }
        catch (JsonException error)
        {
            throw new SandboxException($"Line {number} of the sandbox's journal {_file.Name} is damaged: {error.Message} Remove the file to start empty.", error);
        }
    }
}
