using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using UsageStreams.Host.Commands;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Machine;
using UsageStreams.Host.Projecting;
using UsageStreams.Host.Reference;
using UsageStreams.Host.Work;

namespace UsageStreams.Host.Up;

/// <summary>Everything that runs on this machine: data folder, broker, registry, sandbox, projection here, and the worker in a process of its own.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly UpOptions _options;
    private readonly DataFolder _folder;
    private readonly ILoggerFactory _logs;
    private readonly TimeProvider _time;
    private Projector? _projector;
    private WorkerProcess? _worker;
    private KafkaSession? _session;
    private LocalStack? _stack;

    private Installation(UpOptions options, DataFolder folder, ILoggerFactory logs, TimeProvider time)
    {
        _options = options;
        _folder = folder;
        _logs = logs;
        _time = time;
    }

    /// <summary>Broker, registry and sandbox.</summary>
    public LocalStack Stack => _stack!;

    /// <summary>Kafka and the registry.</summary>
    public KafkaSession Session => _session!;

    /// <summary>The data folder.</summary>
    public DataFolder Folder => _folder;

    /// <summary>What the topics say.</summary>
    public Projector Projector => _projector!;

    /// <summary>The worker; from <see cref="StartWorker"/> on.</summary>
    public WorkerProcess Worker => _worker!;

    /// <summary>Starts all but the worker; creates topics and registers schemas.</summary>
    public static async Task<Installation> StartAsync(UpOptions options, TimeProvider time, CancellationToken cancellation)
    {
        var installation = new Installation(options, DataFolder.Take(options.Data), HostLog.Create(LogLevel.Warning), time);
        try
        {
            await installation.StartAsync(cancellation);
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    /// <summary>Publishes reference data, then starts the worker: its tables are whole before it reads the first event.</summary>
    public void StartWorker(ReferenceData reference, string source, Action<string> tell, CancellationToken cancellation)
    {
        new ReferencePublisher(Stack.Access, Session.Values).Publish(reference, source, cancellation);
        string[] arguments =
        [
            "worker", .. WorkerParts.All, "--child", "--instance", "up", "--state", _folder.WorkerState,
            "--sandbox-url", Stack.Sandbox.Url.ToString(), "--sandbox-data", _folder.Sandbox,
            .. CommonOptions.ToArguments(Stack.Access, _options.KafkaConfig),
        ];
        _worker = new WorkerProcess(arguments, _folder.WorkerLog, tell, _time);
    }

    /// <summary>Fails when a part has failed or the disk is nearly full.</summary>
    public void Check()
    {
        foreach (var part in (ReadOnlySpan<Task>)[Worker.Watching, Projector.Reading, Stack.BrokerFailed])
        {
            if (part.IsFaulted)
                ExceptionDispatchInfo.Throw(part.Exception.InnerException!);
        }

        _folder.CheckSpace();
    }

    /// <summary>Ends everything, the worker first.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_worker is not null)
            await _worker.DisposeAsync();
        if (_projector is not null)
            await _projector.DisposeAsync();
        _session?.Dispose();
        if (_stack is not null)
            await _stack.DisposeAsync();
        _logs.Dispose();
        _folder.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        _stack = await LocalStack.StartAsync(_folder, _options.Given, _options.Ports, _options.Prefix, _logs, cancellation);
        _session = await KafkaSession.OpenAsync(_stack.Access, cancellation);
        await _session.CreateTopicsAsync(cancellation);
        var projection = new Projection(_stack.Access.Topics, _session.Values, PartitionsOf(_stack.Access));
        _projector = new Projector(_stack.Access, projection, _time);
    }

    private static int PartitionsOf(KafkaAccess access) => TopicReader.Partitions(access, access.Topics.Transactions).Count;
}
