namespace UsageStreams.Host;

/// <summary>Files named on the command line.</summary>
internal static class Files
{
    /// <summary>The file's path.</summary>
    /// <exception cref="HostException">There is no such file.</exception>
    public static string MustExist(FileInfo file) =>
        file.Exists ? file.FullName : throw new HostException(ExitCodes.Usage, $"There is no file {file.FullName}. Check the path.");

    /// <summary>The sample that comes with the command, or null where it was left out.</summary>
    public static string? Sample =>
        Path.Combine(AppContext.BaseDirectory, "samples", "access.log") is var path && File.Exists(path) ? path : null;
}
