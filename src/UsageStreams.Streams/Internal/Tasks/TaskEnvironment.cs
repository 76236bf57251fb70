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
    IReadOnlyDictionary<GlobalKTable, TableView> Tables);
