using System.Diagnostics.Metrics;
using UsageStreams.Streams.Internal.Faults;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>Counts of one thread, written by it alone; what others read is published as one object.</summary>
internal sealed class ThreadMetrics(string applicationId)
{
    private static readonly Meter Meter = new("UsageStreams.Streams");
    private static readonly Counter<long> ConsumedCounter = Meter.CreateCounter<long>("usagestreams.streams.consumed", "{record}", "Records taken from the input.");
    private static readonly Counter<long> ProducedCounter = Meter.CreateCounter<long>("usagestreams.streams.produced", "{record}", "Records of committed transactions.");
    private static readonly Counter<long> CommitCounter = Meter.CreateCounter<long>("usagestreams.streams.commits", "{transaction}", "Committed transactions.");
    private static readonly Counter<long> RecoveryCounter = Meter.CreateCounter<long>("usagestreams.streams.recoveries", "{recovery}", "Times a thread began anew.");

    private readonly KeyValuePair<string, object?> _application = new("application", applicationId);
    private long _reported;
    private long _produced;
    private long _commits;
    private long _recoveries;
    private StreamsMetrics _published = new(0, 0, 0, 0, 0, 0, []);

    public long RecordsConsumed { get; set; }

    public long RecordsRestored { get; set; }

    /// <summary>Read from tables in the present session.</summary>
    public long TableRecords { get; set; }

    public long StaleRecordsDropped { get; set; }

    /// <summary>Tasks of others that are followed.</summary>
    public IReadOnlyList<StandbyMetrics> Standbys { get; set; } = [];

    public FaultTally Faults { get; } = new(applicationId);

    /// <summary>The last published state.</summary>
    public StreamsMetrics Snapshot => Volatile.Read(ref _published);

    public void Committed(long produced)
    {
        _produced += produced;
        _commits++;
        ProducedCounter.Add(produced, _application);
        CommitCounter.Add(1, _application);
        ConsumedCounter.Add(RecordsConsumed - _reported, _application);
        _reported = RecordsConsumed;
    }

    public void Recovering()
    {
        _recoveries++;
        RecoveryCounter.Add(1, _application);
    }

    public void Publish(IReadOnlyCollection<TaskSlot> slots, IGroupReader? reader)
    {
        var tasks = new List<TaskMetrics>(slots.Count);
        foreach (TaskSlot slot in slots)
        {
            if (slot.Task is null)
                continue;
            long? end = slot.IsRunning ? reader?.End(slot.Partition) : null;
            long? lag = end is null ? null : Math.Max(0, end.Value - slot.Position);
            tasks.Add(new TaskMetrics(slot.Task.Id, slot.Partition.Topic, slot.IsRunning, lag, slot.Task.StreamTime) { IsPaused = slot.Task.IsPaused });
        }

        Volatile.Write(ref _published, new StreamsMetrics(
            RecordsConsumed, _produced, _commits, _recoveries, RecordsRestored + TableRecords, StaleRecordsDropped, tasks) { Faults = Faults.Snapshot(), FaultRollbacks = Faults.RolledBack, Standbys = Standbys });
    }
}
