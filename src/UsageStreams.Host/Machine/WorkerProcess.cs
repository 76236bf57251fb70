using System.Diagnostics;
using System.Globalization;

namespace UsageStreams.Host.Machine;

/// <summary>
/// The worker as a process of its own: started again when it dies, ended with this one. It watches its standard input, which ends when
/// this process does, however that happens. One that dies again and again is given up, unless it is Kafka or the registry that it does not reach:
/// these may be away for as long as they like.
/// </summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private const int TooManyDeaths = 5;
    private static readonly TimeSpan WithinThis = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(30);

    private readonly IReadOnlyList<string> _arguments;
    private readonly string _log;
    private readonly Action<string> _tell;
    private readonly TimeProvider _time;
    private readonly Queue<long> _deaths = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _gate = new();
    private readonly Lock _logGate = new();
    private readonly List<int> _exitCodes = [];
    private Process _process;
    private bool _killed;
    private bool _logIsIncomplete;

    /// <summary>Starts the worker.</summary>
    /// <param name="arguments">The command line behind <c>usagestreams</c>.</param>
    /// <param name="log">File that takes what it says.</param>
    /// <param name="tell">Told when it dies.</param>
    /// <param name="time">The clock.</param>
    public WorkerProcess(IReadOnlyList<string> arguments, string log, Action<string> tell, TimeProvider time)
    {
        _arguments = arguments;
        _log = log;
        _tell = tell;
        _time = time;
        File.WriteAllText(log, "");
        _process = Start();
        Watching = WatchAsync();
    }

    /// <summary>Fails when the worker dies again and again by itself; ends when it was ended.</summary>
    public Task Watching { get; }

    /// <summary>How often it was killed by <see cref="TryKill"/>.</summary>
    public int Kills { get; private set; }

    /// <summary>Exit codes it ended with by itself, without having been killed or ended from here.</summary>
    public IReadOnlyList<int> ExitCodesOfItsOwn
    {
        get
        {
            lock (_gate)
                return [.. _exitCodes];
        }
    }

    /// <summary>Kills it at once (SIGKILL); it is started again. False when there is none to kill, for it is just being started again.</summary>
    public bool TryKill()
    {
        lock (_gate)
        {
            if (_killed || _process.HasExited)
                return false;
            _killed = true;
            Kills++;
            _process.Kill();
            return true;
        }
    }

    /// <summary>Ends it: it commits what it has in hand first, for which it has 30 seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        Process process;
        lock (_gate)
            process = _process;
        if (!process.HasExited)
            process.StandardInput.Close();
        using var limit = new CancellationTokenSource(DrainLimit, _time);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _tell($"The worker did not end within {DrainLimit.TotalSeconds:0} s and was killed; what it had not committed is done again at the next start.");
            process.Kill();
        }

        await Watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        process.Dispose();
        _ending.Dispose();
    }

    private async Task WatchAsync()
    {
        while (true)
        {
            var process = _process;
            await process.WaitForExitAsync();
            lock (_gate)
            {
                if (_ending.IsCancellationRequested)
                    return;
                Judge(process.ExitCode);
                _killed = false;
                _process = Start();
            }

            process.Dispose();
        }
    }

    // A worker that was killed on purpose is nobody's fault.
    private void Judge(int exitCode)
    {
        if (_killed)
            return;
        _exitCodes.Add(exitCode);
        var last = LastWords();
        // A worker that can't reach them has waited for them, so that it is not started again at once.
        if (exitCode != ExitCodes.Unreachable && IsTooMuch() || exitCode is ExitCodes.Usage)
            throw new HostException(ExitCodes.Failed,
                string.Create(CultureInfo.InvariantCulture, $"The worker ended {_deaths.Count} times within a minute, last with exit code {exitCode}: {last} Its log is {_log}."));
        _tell(string.Create(CultureInfo.InvariantCulture, $"The worker ended with exit code {exitCode} and is started again: {last}"));
    }

    private bool IsTooMuch()
    {
        var now = _time.GetTimestamp();
        _deaths.Enqueue(now);
        while (_time.GetElapsedTime(_deaths.Peek(), now) > WithinThis)
            _deaths.Dequeue();
        return _deaths.Count >= TooManyDeaths;
    }

    private string LastWords()
    {
        lock (_logGate)
        {
            var lines = File.ReadAllLines(_log);
            return lines.LastOrDefault(static line => line.StartsWith("usagestreams: ", StringComparison.Ordinal)) ?? lines.LastOrDefault() ?? "it said nothing.";
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "usagestreams"))
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        foreach (var argument in _arguments)
            start.ArgumentList.Add(argument);
        var process = Process.Start(start) ?? throw new HostException(ExitCodes.Failed, $"The worker could not be started from {start.FileName}.");
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not { } text)
            return;
        lock (_logGate)
        {
            try
            {
                File.AppendAllText(_log, text + "\n");
            }
            catch (IOException error)
            {
                TellThatLogIsIncomplete(error);
            }
        }
    }

    // A full disk ends the run by what it does to the data; that the log can't tell of it must not end the process first.
    private void TellThatLogIsIncomplete(IOException error)
    {
        if (_logIsIncomplete)
            return;
        _logIsIncomplete = true;
        _tell($"The worker's log lacks lines from here on: {error.Message}");
    }
}
