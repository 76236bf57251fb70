namespace UsageStreams.Chaos.Brokers;

/// <summary>Where a real Kafka is that somebody else started.</summary>
/// <param name="Bootstrap">Its addresses.</param>
/// <param name="Registry">The registry beside it; null for an embedded one in this process.</param>
/// <param name="Folder">Its folder; null when its broker can't be stopped and killed from here.</param>
/// <param name="Script">The script that stops, kills and starts nodes in such a folder; <c>./dev</c> gives it.</param>
internal sealed record GivenPlace(string Bootstrap, Uri? Registry, string? Folder, string? Script)
{
    /// <summary>What the options of a command line say.</summary>
    /// <returns>Null where no Kafka was given.</returns>
    /// <exception cref="ArgumentException">They make no sense together.</exception>
    public static GivenPlace? Of(string? bootstrap, Uri? registry, string? folder, string? script)
    {
        if (folder is not null && script is null)
            throw new ArgumentException("--kafka-dir needs --kafka-script, the script that starts and kills its nodes; './dev chaos' gives it where it has one.");
        if (bootstrap is not null)
            return new GivenPlace(bootstrap, registry, folder, script);
        return (registry ?? (object?)folder) is null ? null : throw new ArgumentException("--registry and --kafka-dir belong to --bootstrap: without it broker and registry are embedded.");
    }
}
