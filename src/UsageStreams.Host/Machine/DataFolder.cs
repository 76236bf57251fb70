using System.Globalization;

namespace UsageStreams.Host.Machine;

/// <summary>The folder that holds everything of an installation on one machine; one process at a time owns it.</summary>
internal sealed class DataFolder : IDisposable
{
    /// <summary>Free space without which nothing is started, in bytes.</summary>
    public const long NeededToStart = 64L << 20;

    private const long NeededToGoOn = 8L << 20;

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream locked)
    {
        Path = path;
        _lock = locked;
    }

    /// <summary>Where it is, absolute.</summary>
    public string Path { get; }

    /// <summary>The broker's part.</summary>
    public string Broker => System.IO.Path.Combine(Path, "broker");

    /// <summary>The registry's part.</summary>
    public string Registry => System.IO.Path.Combine(Path, "registry");

    /// <summary>The sandbox's part.</summary>
    public string Sandbox => System.IO.Path.Combine(Path, "sandbox");

    /// <summary>The worker's state.</summary>
    public string WorkerState => System.IO.Path.Combine(Path, "state");

    /// <summary>What the worker says.</summary>
    public string WorkerLog => System.IO.Path.Combine(Path, "logs", "worker.log");

    /// <summary>
    /// The user's default: a folder below <c>$XDG_DATA_HOME/usagestreams</c> or <c>~/.local/share/usagestreams</c>. Each use has its own, so that
    /// the generated usage of a live run never mixes with what a statement is drawn up of.
    /// </summary>
    public static string Default(string use) => System.IO.Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "usagestreams", use);

    /// <summary>Takes the folder, made when missing.</summary>
    /// <exception cref="HostException">Another process has it, it can't be written to, or its disk is nearly full.</exception>
    public static DataFolder Take(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(System.IO.Path.Combine(path, "logs"));
            var folder = new DataFolder(path, Lock(path));
            try
            {
                folder.CheckSpace(NeededToStart);
                File.WriteAllText(Owner(path), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
                return folder;
            }
            catch
            {
                folder.Dispose();
                throw;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new HostException(ExitCodes.Machine, $"The data folder {path} can't be used: {error.Message} Choose another with --data.", error);
        }
    }

    /// <summary>Fails when the disk is so full that the broker will soon fail.</summary>
    /// <exception cref="HostException">It is.</exception>
    public void CheckSpace() => CheckSpace(NeededToGoOn);

    /// <inheritdoc />
    public void Dispose() => _lock.Dispose();

    private void CheckSpace(long needed)
    {
        var free = new DriveInfo(Path).AvailableFreeSpace;
        if (free < needed)
            throw new HostException(ExitCodes.Machine, string.Create(CultureInfo.InvariantCulture,
                $"The disk of the data folder {Path} is full: {free >> 20} MiB are free, {needed >> 20} MiB are needed. Free some, or choose another folder with --data."));
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error is not (DirectoryNotFoundException or FileNotFoundException) && File.Exists(Owner(path)))
        {
            throw new HostException(ExitCodes.Machine,
                $"The data folder {path} is in use by process {File.ReadAllText(Owner(path))}: end that one, or choose another folder with --data.", error);
        }
    }

    private static string Owner(string path) => System.IO.Path.Combine(path, "owner");
}
