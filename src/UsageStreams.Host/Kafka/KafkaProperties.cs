namespace UsageStreams.Host.Kafka;

/// <summary>A file of client properties: <c>name=value</c> on each line, <c>#</c> begins a comment.</summary>
internal static class KafkaProperties
{
    /// <summary>Reads a file; none is no properties.</summary>
    /// <exception cref="HostException">The file can't be read, or a line of it is no property. Values are never told: they may be secret.</exception>
    public static IReadOnlyDictionary<string, string> Read(FileInfo? file)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        if (file is null)
            return properties;
        try
        {
            var number = 0;
            foreach (var line in File.ReadLines(file.FullName))
            {
                number++;
                var text = line.Trim();
                if (text.Length == 0 || text[0] == '#')
                    continue;
                var equals = text.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0)
                    throw new HostException(ExitCodes.Usage, $"--kafka-config {file}: line {number} is not name=value.");
                properties[text[..equals].Trim()] = text[(equals + 1)..].Trim();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new HostException(ExitCodes.Usage, $"--kafka-config {file}: {error.Message}", error);
        }

        return properties;
    }
}
