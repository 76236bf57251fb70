namespace UsageStreams.Host.Tests;

/// <summary>The repository that the tests were built in.</summary>
internal static class RepositoryFolder
{
    public static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "UsageStreams.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException($"UsageStreams.sln is in no folder above {AppContext.BaseDirectory}; run the tests from a build inside the repository.");
    }
}
