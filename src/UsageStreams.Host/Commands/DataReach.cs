using System.CommandLine;
using Microsoft.Extensions.Logging;
using UsageStreams.Embedded;
using UsageStreams.Embedded.Registry;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Machine;
using UsageStreams.Streams;
using UsageStreams.Topology;

namespace UsageStreams.Host.Commands;

/// <summary>The options of commands that look at an installation: a Kafka that is given, or a data folder that <c>up</c> has left behind.</summary>
internal sealed class DataReach
{
    private readonly CommonOptions _common = new(optional: true);
    private readonly Option<string?> _data = new("--data")
    {
        Description = $"Without --bootstrap: the data folder to look into, of 'up' or 'broker', which must not be running; by default {DataFolder.Default("once")}",
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_data);
        _common.AddTo(command);
    }

    /// <summary>The region given; empty when none is.</summary>
    public string Region(ParseResult parsed) => _common.Topics(parsed).Region;

    /// <summary>Opens what was named.</summary>
    /// <exception cref="HostException">There is no such folder, or another process has it.</exception>
    public async Task<ReachedData> OpenAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var data = parsed.GetValue(_data);
        if (_common.Access(parsed) is { } given)
        {
            return data is null
                ? await ReachedData.OfAsync(given, cancellation)
                : throw new HostException(ExitCodes.Usage, "--data names a folder on this machine and --bootstrap a Kafka: give one of them.");
        }

        return await ReachedData.OfAsync(data ?? DataFolder.Default("once"), _common.Topics(parsed), cancellation);
    }
}

/// <summary>Kafka and registry that were reached, with what had to be started for it.</summary>
internal sealed class ReachedData : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _started = [];
    private ILoggerFactory? _logs;
    private DataFolder? _folder;
    private KafkaSession? _session;

    private ReachedData()
    {
    }

    /// <summary>How to reach them.</summary>
    public KafkaAccess Access { get; private set; } = null!;

    /// <summary>Values of the topics.</summary>
    public UsageValues Values => _session!.Values;

    /// <summary>A Kafka that runs.</summary>
    public static Task<ReachedData> OfAsync(KafkaAccess access, CancellationToken cancellation) => OpenAsync(async reached =>
    {
        reached.Access = access;
        reached._session = await KafkaSession.OpenAsync(access, cancellation);
    });

    /// <summary>The embedded broker and registry, on a folder that holds their data.</summary>
    /// <exception cref="HostException">It holds none, or another process has it.</exception>
    public static Task<ReachedData> OfAsync(string path, UsageTopics topics, CancellationToken cancellation) => OpenAsync(async reached =>
    {
        if (!Directory.Exists(Path.Combine(path, "broker")))
            throw new HostException(ExitCodes.Usage,
                $"There is no data in {path}: run 'usagestreams up --once' first, name its folder with --data, or a Kafka with --bootstrap and --registry.");
        reached._folder = DataFolder.Take(path);
        reached._logs = HostLog.Create(LogLevel.Warning);
        EmbeddedBroker broker = await LocalStack.StartBrokerAsync(reached._folder.Broker, 0, reached._logs, cancellation);
        reached._started.Push(broker);
        EmbeddedRegistry registry = await LocalStack.StartRegistryAsync(broker.BootstrapServers, 0, reached._logs, cancellation);
        reached._started.Push(registry);
        reached.Access = new KafkaAccess(new KafkaConnection(broker.BootstrapServers), registry.Url, topics);
        reached._session = await KafkaSession.OpenAsync(reached.Access, cancellation);
    });

    /// <summary>Creates the topics that are missing.</summary>
    public Task CreateTopicsAsync(CancellationToken cancellation) => _session!.CreateTopicsAsync(cancellation);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _session?.Dispose();
        foreach (var part in _started)
            await part.DisposeAsync();
        _logs?.Dispose();
        _folder?.Dispose();
    }

    private static async Task<ReachedData> OpenAsync(Func<ReachedData, Task> open)
    {
        var reached = new ReachedData();
        try
        {
            await open(reached);
            return reached;
        }
        catch
        {
            await reached.DisposeAsync();
            throw;
        }
    }
}
