using System.Diagnostics;
using UsageStreams.Embedded;

namespace UsageStreams.Benchmarks;

/// <summary>The embedded broker in a process of its own, so that its work and garbage are not the client's.</summary>
internal sealed class BrokerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _directory;

    private BrokerProcess(Process process, DirectoryInfo directory, string bootstrap) => (_process, _directory, Bootstrap) = (process, directory, bootstrap);

    public string Bootstrap { get; }

    public static async Task<BrokerProcess> StartAsync()
    {
        var directory = Directory.CreateTempSubdirectory("usagestreams-bench-");
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["broker", directory.FullName])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var bootstrap = await process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("The broker process ended before it said where it listens; its error is above.");
        return new BrokerProcess(process, directory, bootstrap);
    }

    /// <summary>Serves until standard input ends, that is, until the benchmark ends however it ends.</summary>
    public static async Task<int> ServeAsync(string directory)
    {
        await using var broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { DataDirectory = directory });
        Console.WriteLine(broker.BootstrapServers);
        await Console.In.ReadToEndAsync();
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Delete(recursive: true);
    }
}
