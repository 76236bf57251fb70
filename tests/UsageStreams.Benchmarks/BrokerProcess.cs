using System.Diagnostics;
using UsageStreams.Embedded;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Requests;
using UsageStreams.Protocol;

namespace UsageStreams.Benchmarks;

/// <summary>The embedded broker in a process of its own, so that its work and garbage are not the client's.</summary>
internal sealed class BrokerProcess : IAsyncDisposable
{
    private const string Nothing = "nothing";
    private const ErrorCode NotEnoughReplicas = (ErrorCode)19;

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

    /// <summary>Serves until standard input ends, that is, until the benchmark ends however it ends. Meanwhile it does what <see cref="TakeNothing"/> says.</summary>
    public static async Task<int> ServeAsync(string directory)
    {
        var takesNothing = false;
        await using var broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions
        {
            DataDirectory = directory,
            Fault = (key, _) => key == ApiKey.Produce && Volatile.Read(ref takesNothing) ? new RequestFault(NotEnoughReplicas) : default,
        });
        Console.WriteLine(broker.BootstrapServers);
        while (await Console.In.ReadLineAsync() is { } command) Volatile.Write(ref takesNothing, command == Nothing);
        return 0;
    }

    /// <summary>Has the broker refuse every record with what passes by itself, as one does that lacks replicas; or take them again.</summary>
    public void TakeNothing(bool nothing)
    {
        _process.StandardInput.WriteLine(nothing ? Nothing : "all");
        _process.StandardInput.Flush();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Delete(recursive: true);
    }
}
