using System.Diagnostics;
using System.Globalization;
using UsageStreams.Chaos.Brokers;
using UsageStreams.Host.Kafka;
using UsageStreams.Streams;
using UsageStreams.Topology;

namespace UsageStreams.Chaos.Ingest;

/// <summary>A <see cref="FaultyBroker"/> from outside: told what to do, held, killed and started again on the same ports.</summary>
internal sealed class FaultyBrokerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly string[] _arguments;
    private Process _process;
    private int _refusedBefore;
    private int _lostBefore;

    private FaultyBrokerProcess(string folder, ulong seed)
    {
        var (port, registryPort) = EmbeddedBrokerProcess.FreePorts();
        _arguments =
        [
            FaultyBroker.Verb, folder, port.ToString(CultureInfo.InvariantCulture), registryPort.ToString(CultureInfo.InvariantCulture), seed.ToString(CultureInfo.InvariantCulture),
        ];
        Access = new KafkaAccess(new KafkaConnection($"127.0.0.1:{port}"), new Uri($"http://127.0.0.1:{registryPort}"), new UsageTopics());
        _process = Start();
    }

    public KafkaAccess Access { get; }

    /// <summary>Requests it refused, as far as it lived to tell.</summary>
    public int Refused { get; private set; }

    /// <summary>Answers it lost, as far as it lived to tell.</summary>
    public int Lost { get; private set; }

    public static async Task<FaultyBrokerProcess> StartAsync(string folder, ulong seed)
    {
        var broker = new FaultyBrokerProcess(folder, seed);
        try
        {
            await broker.LineAsync();
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has it fail requests in a way, for a while.</summary>
    public async Task FailAsync(string mode, TimeSpan duration, CancellationToken cancellation)
    {
        await _process.StandardInput.WriteLineAsync(mode);
        await Task.Delay(duration, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _process.StandardInput.WriteLineAsync("calm");
        var counts = (await LineAsync()).Split(' ');
        (Refused, Lost) = (int.Parse(counts[0], CultureInfo.InvariantCulture) + _refusedBefore, int.Parse(counts[1], CultureInfo.InvariantCulture) + _lostBefore);
    }

    /// <summary>Has it stand still for a while (SIGSTOP): connections stay open, and nobody answers.</summary>
    public async Task HoldAsync(TimeSpan duration, CancellationToken cancellation)
    {
        await SignalAsync("-STOP");
        await Task.Delay(duration, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await SignalAsync("-CONT");
    }

    /// <summary>Kills it (SIGKILL) and starts it again; returns once it serves.</summary>
    public async Task CrashAsync(TimeSpan away, CancellationToken cancellation)
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        (_refusedBefore, _lostBefore) = (Refused, Lost);
        await Task.Delay(away, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process = Start();
        await LineAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        if (kill.ExitCode != 0)
            throw new InvalidOperationException($"The broker's process could not be sent {signal}: 'kill' ended with {kill.ExitCode}.");
    }

    private async Task<string> LineAsync()
    {
        using var limit = new CancellationTokenSource(StartLimit);
        return await _process.StandardOutput.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException("The broker ended; it has said why above.");
    }

    private Process Start() => Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "UsageStreams.Chaos"), _arguments)
    {
        RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false,
    })!;
}
