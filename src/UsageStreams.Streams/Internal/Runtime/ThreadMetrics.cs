using UsageStreams.Streams.Internal.Faults;
using UsageStreams.Streams.Internal.Telemetry;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>Counts of one thread, written by it alone; what others read is published as one object.</summary>
internal sealed class ThreadMetrics
{
    // Stores, upstreams and standbys are looked at with every tenth publication.
    private const int DetailsEvery = 10;

    private long _produced;
    private long _commits;
    private long _recoveries;
    private long _publications;
    private SideOutputMetrics[] _sideOutputs = [];
    private StreamsMetrics _published = new(0, 0, 0, 0, 0, 0, []);

    public long RecordsConsumed { get; set; }

    public long RecordsRestored { get; set; }

    /// <summary>Read from tables in the present session.</summary>
    public long TableRecords { get; set; }

    public long StaleRecordsDropped { get; set; }

    /// <summary>Tasks of others that are followed.</summary>
    public IReadOnlyList<StandbyMetrics> Standbys { get; set; } = [];

    public FaultTally Faults { get; } = new();

    public long TransactionsAborted { get; set; }

    public RebalanceMetrics Rebalances { get; set; }

    public TimeSpan PunctuationTime { get; set; }

    public SideOutputCounts SideOutputs { get; } = new();

    /// <summary>The last published state.</summary>
    public StreamsMetrics Snapshot => Volatile.Read(ref _published);

    public void Committed(long produced)
    {
        _produced += produced;
        _commits++;
    }

    public void Recovering() => _recoveries++;

    /// <summary>Whether the next publication looks at what costs more.</summary>
    public bool WantsDetails => _publications % DetailsEvery == 0;

    /// <summary>Publishes how the thread stands; with its stores, when that was long ago or <paramref name="details"/> are wanted.</summary>
    public void Publish(IReadOnlyCollection<TaskSlot> slots, IGroupReader? reader, bool details)
    {
        details |= WantsDetails;
        _publications++;
        if (details)
            _sideOutputs = SideOutputs.Snapshot();
        var tasks = new List<TaskMetrics>(slots.Count);
        foreach (TaskSlot slot in slots)
        {
            if (slot.Task is null)
                continue;
            if (details || slot.Details is null)
                slot.Details = TaskDetails.Of(slot);
            tasks.Add(Of(slot, slot.IsRunning ? reader?.End(slot.Partition) : null));
        }

        Volatile.Write(ref _published, new StreamsMetrics(
            RecordsConsumed, _produced, _commits, _recoveries, RecordsRestored + TableRecords, StaleRecordsDropped, tasks)
        {
            TransactionsAborted = TransactionsAborted,
            Rebalances = Rebalances,
            PunctuationTime = PunctuationTime,
            SideOutputs = _sideOutputs,
            Faults = Faults.Snapshot(),
            Standbys = Standbys,
            FaultRollbacks = Faults.RolledBack,
        });
    }

    private static TaskMetrics Of(TaskSlot slot, long? end) => new(
        slot.Task!.Id, slot.Partition.Topic, slot.IsRunning, end is null ? null : Math.Max(0, end.Value - slot.Position), slot.Task.StreamTime)
    {
        Position = slot.IsPositioned ? slot.Position : null,
        CommittedOffset = slot.Committed,
        EndOffset = end,
        IsPaused = slot.Task.IsPaused,
        IsIdle = slot.Task.Time.IsIdle,
        Stores = slot.Details!.Stores,
        Upstreams = slot.Details.Upstreams,
    };
}
