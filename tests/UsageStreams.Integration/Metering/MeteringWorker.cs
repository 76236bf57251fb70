using System.Collections.Concurrent;
using System.Diagnostics;
using UsageStreams.Integration.Chain;

namespace UsageStreams.Integration.Metering;

/// <summary>A worker of metering in a process of its own, that is killed and started again as a test says.</summary>
internal sealed class MeteringWorker : IAsyncDisposable
{
    private readonly string[] _arguments;
    private readonly string _state;
    private readonly ConcurrentQueue<string> _log = new();
    private Process _process;

    /// <param name="name">Its name, which it keeps over restarts.</param>
    /// <param name="folder">Where its state is.</param>
    /// <param name="options">How to reach Kafka.</param>
    public MeteringWorker(string name, string folder, string[] options)
    {
        _state = Path.Combine(folder, name);
        _arguments = ["worker", "metering", "--child", "--instance", name, "--state", _state, .. options];
        _process = Start();
    }

    /// <summary>The last it has said, for a test that fails.</summary>
    public string Log => string.Join('\n', _log.TakeLast(20));

    /// <summary>Kills it at once (SIGKILL) and starts it again.</summary>
    /// <param name="withoutState">Whether its disk is lost too.</param>
    public async Task RestartAsync(bool withoutState)
    {
        await KillAsync();
        if (withoutState)
            Directory.Delete(_state, recursive: true);
        _process = Start();
    }

    /// <summary>Lets it commit what it has in hand, and ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited)
            await KillAsync();
        else
            _process.Dispose();
    }

    private async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private Process Start()
    {
        var process = UsageStreamsCommand.Start(_arguments);
        process.OutputDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
