namespace UsageStreams.Architecture.Tests;

/// <summary>The files of the repository that these tests run in.</summary>
internal static class Repository
{
    // What builds and package managers make, and git ignores.
    private static readonly HashSet<string> Ignored = new(StringComparer.Ordinal)
    {
        ".git", ".local-feed", ".vs", ".vscode", ".idea", "artifacts", "bin", "node_modules", "obj", "TestResults",
    };

    /// <summary>The folder that holds the solution, upwards of the test assembly.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every file below a folder, as a path from the root with slashes; ignored folders are left out.</summary>
    public static IEnumerable<string> Files(string folder = "")
    {
        string full = Path.Combine(Root, folder);
        IEnumerable<string> here = Directory.EnumerateFiles(full)
            .Where(static file => !Ignored.Contains(Path.GetFileName(file)))
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'));
        IEnumerable<string> below = Directory.EnumerateDirectories(full)
            .Where(static directory => !Ignored.Contains(Path.GetFileName(directory)))
            .SelectMany(directory => Files(Path.GetRelativePath(Root, directory)));
        return here.Concat(below).Order(StringComparer.Ordinal);
    }

    /// <summary>The C# files below a folder.</summary>
    public static IEnumerable<string> CSharp(string folder) => Files(folder).Where(static file => file.EndsWith(".cs", StringComparison.Ordinal));

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    public static string Text(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "UsageStreams.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"UsageStreams.sln is in no folder above {AppContext.BaseDirectory}. Run the tests from a build inside the repository.");
    }
}
