namespace UsageStreams.Avro.Generator;

/// <summary>The folder the compiler takes the sources from.</summary>
internal static class OutputFolder
{
    /// <summary>
    /// Writes what changed, removes what is no longer made. A file is replaced in one step, so that a build at the same time sees the old
    /// or the new text, never half of one.
    /// </summary>
    public static void Write(string folder, IReadOnlyDictionary<string, string> sources)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, text) in sources)
        {
            var path = Path.Combine(folder, name);
            if (File.Exists(path) && File.ReadAllText(path) == text)
                continue;
            var fresh = $"{path}.{Environment.ProcessId}";
            File.WriteAllText(fresh, text);
            File.Move(fresh, path, overwrite: true);
        }

        foreach (var path in Directory.EnumerateFiles(folder, "*.g.cs"))
        {
            if (!sources.ContainsKey(Path.GetFileName(path)))
                File.Delete(path);
        }
    }
}
