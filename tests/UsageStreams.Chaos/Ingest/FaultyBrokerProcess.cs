using System.Diagnostics;
using System.Globalization;
using UsageStreams.Chaos.Brokers;
using UsageStreams.Host.Kafka;
using UsageStreams.Streams;
using UsageStreams.Topology;

namespace UsageStreams.Chaos.Ingest;

/// <summary>A <see cref="FaultyBroker"/> from outside: told what to do, held, killed and started again on the same ports.</summary>
internal sealed class FaultyBrokerProcess : IIngestBroker
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly string[] _arguments;
    private Process _process;
    private int _refused;
    private int _lost;
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

    public IReadOnlyList<string> Faults => [Storm.Refuse, Storm.Lose, Storm.Hold, Storm.KillBroker];

    /// <summary>Requests it refused and answers it lost, as far as it lived to tell.</summary>
    public IReadOnlyList<(string Name, decimal Value)> Counts => [("requests refused", _refused), ("answers lost", _lost)];

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

    public async Task FailAsync(string mode, TimeSpan duration, CancellationToken cancellation)
    {
        await _process.StandardInput.WriteLineAsync(mode);
        await Task.Delay(duration, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _process.StandardInput.WriteLineAsync("calm");
        var counts = (await LineAsync()).Split(' ');
        (_refused, _lost) = (int.Parse(counts[0], CultureInfo.InvariantCulture) + _refusedBefore, int.Parse(counts[1], CultureInfo.InvariantCulture) + _lostBefore);
    }

    public async Task HoldAsync(TimeSpan duration, CancellationToken cancellation)
    {
        await SignalAsync("-STOP");
        await Task.Delay(duration, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await SignalAsync("-CONT");
    }

    public async Task CrashAsync(TimeSpan away, CancellationToken cancellation)
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        (_refusedBefore, _lostBefore) = (_refused, _lost);
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
