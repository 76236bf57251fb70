using System.Diagnostics;
using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine.Standby;

/// <summary>The instance that will be killed, in a process of its own.</summary>
internal sealed class ActiveInstance : IAsyncDisposable
{
    /// <summary>The first argument that makes this process one.</summary>
    public const string Verb = "active";

    private readonly Process _process;

    private ActiveInstance(Process process) => _process = process;

    /// <summary>Starts it, and returns when all its tasks process.</summary>
    public static async Task<ActiveInstance> StartAsync(KafkaConnection connection, string application, string input, string output)
    {
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [Verb, connection.BootstrapServers, application, input, output])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        if (await process.StandardOutput.ReadLineAsync() is null)
            throw new InvalidOperationException("The active instance ended before its tasks processed; its error is above.");
        return new ActiveInstance(process);
    }

    /// <summary>Runs until standard input ends, that is, until the benchmark ends however it ends.</summary>
    public static async Task<int> RunAsync(string bootstrap, string application, string input, string output)
    {
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var options = new StreamsOptions { ApplicationId = application, Connection = new KafkaConnection(bootstrap) };
        await using var streams = new KafkaStreams(StandbyTopology.Build(input, output, lag: null), options);
        streams.StateChanged += change =>
        {
            if (change.New == StreamsState.Running) running.TrySetResult();
        };
        await streams.StartAsync();
        await await Task.WhenAny(running.Task, streams.Completion);
        Console.WriteLine("running");
        await Console.In.ReadToEndAsync();
        return 0;
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
