using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using UsageStreams.Host.Kafka;
using UsageStreams.Streams;
using UsageStreams.Topology;

namespace UsageStreams.Chaos.Brokers;

/// <summary>The embedded broker and registry as a process of their own, on the same ports after each start.</summary>
internal sealed class EmbeddedBrokerProcess : IChaosBroker
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly string[] _arguments;
    private readonly string _log;
    private readonly Lock _logGate = new();
    private Process _process;

    private EmbeddedBrokerProcess(string folder, string log, int port, int registryPort)
    {
        _log = log;
        _arguments =
        [
            "broker", "--child", "--data", folder,
            "--port", port.ToString(CultureInfo.InvariantCulture), "--registry-port", registryPort.ToString(CultureInfo.InvariantCulture),
        ];
        Access = new KafkaAccess(new KafkaConnection($"127.0.0.1:{port}"), new Uri($"http://127.0.0.1:{registryPort}"), new UsageTopics());
        _process = Start();
    }

    public string Name => "embedded broker";

    public KafkaAccess Access { get; }

    public bool CanCrash => true;

    /// <summary>Starts it; returns once it serves.</summary>
    /// <param name="folder">Where it keeps its data.</param>
    /// <param name="log">File that takes what it says.</param>
    public static async Task<EmbeddedBrokerProcess> StartAsync(string folder, string log)
    {
        var (port, registryPort) = FreePorts();
        var broker = new EmbeddedBrokerProcess(folder, log, port, registryPort);
        try
        {
            await broker.WaitUntilReadyAsync();
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    public async Task CrashAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = Start();
        await WaitUntilReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "usagestreams"), _arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
        return process;
    }

    // It says two lines: where the broker is, and where the registry is.
    private async Task WaitUntilReadyAsync()
    {
        using var limit = new CancellationTokenSource(StartLimit);
        for (var line = 0; line < 2; line++)
        {
            if (await _process.StandardOutput.ReadLineAsync(limit.Token) is null)
                throw new InvalidOperationException($"The broker ended while it was starting; {_log} tells why.");
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_logGate)
            File.AppendAllText(_log, line + "\n");
    }

    /// <summary>Two ports that are free now; both are held until both are known, so that they differ.</summary>
    public static (int Port, int RegistryPort) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}
