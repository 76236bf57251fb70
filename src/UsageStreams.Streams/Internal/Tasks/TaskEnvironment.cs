using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using UsageStreams.Streams.Internal.Faults;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.State;
using UsageStreams.Streams.Internal.Telemetry;

namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>What the tasks of one thread share.</summary>
/// <param name="ApplicationId">Prefix of internal topics.</param>
/// <param name="Collector">Takes the output.</param>
/// <param name="Clock">The machine's clock.</param>
/// <param name="IdleTimeout">Silence after which a task that has read everything is idle.</param>
/// <param name="Tables">Content of the global tables.</param>
internal sealed record TaskEnvironment(
    string ApplicationId,
    RecordCollector Collector,
    TimeProvider Clock,
    TimeSpan IdleTimeout,
    IReadOnlyDictionary<GlobalKTable, TableView> Tables)
{
    /// <summary>What the thread's tasks share about records that fail.</summary>
    public ThreadFaults Faults { get; init; } = new(NullLogger.Instance, Clock, new FaultMemory(), new FaultTally());

    /// <summary>Where tasks keep their state beside themselves; null for nowhere.</summary>
    public IStateFolders? Folders { get; init; }

    /// <summary>Whether local state is loaded on a thread of its own.</summary>
    public bool LoadsAside { get; init; }

    /// <summary>Reads a task's own input once more.</summary>
    public PastInputOpener OpenPast { get; init; } = static (partition, _) => throw new StreamsException($"Nothing reads the past of {partition} here.");

    /// <summary>How long changelogs keep deletions (Kafka's <c>delete.retention.ms</c>): local state that is older can't be brought up to date.</summary>
    public TimeSpan TombstoneRetention { get; init; } = TimeSpan.FromDays(1);

    /// <summary>What tells a topic from a later one of the same name.</summary>
    public Func<string, string> TopicId { get; init; } = static topic => topic;

    /// <summary>Counts what the thread's tasks send aside.</summary>
    public SideOutputCounts SideOutputs { get; init; } = new();

    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>The environment of a thread's tasks.</summary>
    public static TaskEnvironment Of(ThreadContext context, ISessionClients clients, RecordCollector collector, IReadOnlyDictionary<GlobalKTable, TableView> tables)
    {
        StreamsOptions options = context.Clients.Options;
        var environment = new TaskEnvironment(options.ApplicationId, collector, context.Clock, options.IdleTimeout, tables)
        {
            Faults = context.Faults,
            Logger = context.Clients.Logger,
            OpenPast = clients.Past,
            SideOutputs = context.Metrics.SideOutputs,
        };
        return context.LocalState is not { } local
            ? environment
            : environment with { Folders = local.Folders, TombstoneRetention = local.TombstoneRetention, TopicId = local.TopicId, LoadsAside = local.LoadsAside };
    }
}
