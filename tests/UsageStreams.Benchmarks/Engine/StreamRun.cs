using System.Diagnostics;
using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>
/// Runs a topology over a topic that is full before it starts, until everything is read, settled and committed, and measures that.
/// </summary>
internal sealed class StreamRun(KafkaConnection connection, string application)
{
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(500);

    private long _started;
    private long _before;
    private long _halved;
    private long _allocated;
    private long _rest;
    private long _commits;
    private long _committed;

    /// <summary>Sub-topology that reads the topic.</summary>
    public string Input { get; init; } = "events";

    /// <summary>Partitions of the topic, and of what is repartitioned.</summary>
    public int Partitions { get; init; } = EngineLoad.Partitions;

    /// <summary>Records of the topic.</summary>
    public required int Records { get; init; }

    public ChangelogBytes Changelogs { get; } = new();

    /// <summary>The longest time between commits while input is waiting; the engine's default, as everywhere else.</summary>
    public TimeSpan CatchUpCommitInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time between two publications of metrics; null for the engine's own.</summary>
    public TimeSpan? PublishInterval { get; init; }

    /// <summary>How long the commits held up the thread.</summary>
    public CommitPauses Pauses { get; } = new();

    /// <summary>Records written: output, changelogs, repartitioned ones and watermarks.</summary>
    public long Written { get; private set; }

    /// <summary>Rate of the second half of the records, when state is as large as it gets.</summary>
    public double SecondHalf => _rest / Stopwatch.GetElapsedTime(_halved, _committed).TotalSeconds;

    /// <summary>Looks at the application when it is done, before it stops.</summary>
    public Func<IReadOnlyDictionary<string, double>>? AtEnd { get; init; }

    public async Task<Measured> RunAsync(Streams.Topology topology)
    {
        var options = new StreamsOptions { ApplicationId = application, Connection = connection, BeforeCommitStep = Pauses.Reached, CatchUpCommitInterval = CatchUpCommitInterval };
        if (PublishInterval is { } interval) options = options with { PublishInterval = interval };
        await using var streams = new KafkaStreams(topology, options);
        await streams.StartAsync();
        var tasks = topology.SubTopologies.Count * Partitions;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        do
        {
            await timer.WaitForNextTickAsync();
            if (streams.Completion.IsFaulted) await streams.Completion;
            Look(streams.Metrics);
        }
        while (!IsDone(streams.Metrics, tasks) || Stopwatch.GetElapsedTime(_committed) < Settled);

        // The end is the last commit that had anything to write. Allocation is that of the second half: the first one grows the stores.
        var seconds = Stopwatch.GetElapsedTime(_started, _committed).TotalSeconds;
        var perRecord = (GC.GetTotalAllocatedBytes() - _allocated) / (double)Math.Max(_rest, 1);
        return new Measured((Records - _before) / seconds, perRecord, Changelogs.Written == 0 ? null : Changelogs.Written / (double)Records)
        {
            Figures = AtEnd?.Invoke(),
        };
    }

    private void Look(StreamsMetrics metrics)
    {
        if (_started == 0 && metrics.RecordsConsumed > 0)
            (_started, _before) = (Stopwatch.GetTimestamp(), metrics.RecordsConsumed);
        if (_halved == 0 && Unread(metrics) is { } unread && unread <= Records / 2)
            (_halved, _allocated, _rest) = (Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes(), unread);
        if (metrics.TransactionsCommitted > _commits)
            (_commits, _committed, Written) = (metrics.TransactionsCommitted, Stopwatch.GetTimestamp(), metrics.RecordsProduced);
    }

    /// <summary>Events that are still to be read; null while that is not known of every partition.</summary>
    private long? Unread(StreamsMetrics metrics)
    {
        var events = metrics.Tasks.Where(task => task.Id.SubTopology == Input).ToList();
        return events.Count == Partitions && events.TrueForAll(static task => task.Lag is not null) ? events.Sum(static task => task.Lag!.Value) : null;
    }

    private static bool IsDone(StreamsMetrics metrics, int tasks) => metrics.Tasks.Count == tasks && metrics.Tasks.All(static task => task.IsRunning && task.Lag == 0);
}
