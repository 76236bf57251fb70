using Confluent.Kafka;
using UsageStreams.Streams.Internal.State;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Internal.Telemetry;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>An assigned partition: first its task is restored, then it runs. A new assignment of the partition is a new slot.</summary>
internal sealed class TaskSlot(TopicPartition partition, Offset start)
{
    private const int HeldLimit = 2 * GroupReader.BatchLimit;

    public TopicPartition Partition { get; } = partition;

    /// <summary>Where reading began.</summary>
    public Offset Start { get; } = start;

    public StreamTask? Task { get; set; }

    /// <summary>What must be read before the task can start; nothing while <see cref="IsRestoring"/> is false.</summary>
    public RestorePlan Restoring { get; set; } = RestorePlan.Nothing;

    /// <summary>Whether the task's state is open and being restored.</summary>
    public bool IsRestoring { get; set; }

    /// <summary>The partitions of tables that are followed as long as the task lives.</summary>
    public IReadOnlyList<CatchUpPartition> Following { get; set; } = [];

    public bool IsRunning { get; set; }

    /// <summary>Whether its task takes records now: it is restored and not paused.</summary>
    public bool IsTaking => IsRunning && !Task!.IsPaused;

    /// <summary>Records that came while the task was restored or paused; few, because the partition is paused then.</summary>
    public List<HeldRecord> Held { get; } = [];

    /// <summary>Where reading goes on; 0 while that is not known.</summary>
    public long Position { get; private set; }

    /// <summary>
    /// Whether <see cref="Position"/> is known. Without a committed offset it is not before the first record or the end: the log may begin anywhere.
    /// </summary>
    public bool IsPositioned { get; private set; }

    /// <summary>Input below this is read for good; null before the first commit.</summary>
    public long? Committed { get; set; }

    /// <summary>What was last published of its stores; null before that.</summary>
    public TaskDetails? Details { get; set; }

    /// <summary>Whether the other instances need not be told of it any more.</summary>
    public bool IsAnnounced { get; set; }

    public void Close()
    {
        if (IsRunning)
            Task!.Close();
        else
            Task?.State.Dispose();
    }

    /// <summary>Keeps a record until the task takes records.</summary>
    /// <exception cref="TransactionFailure">There are more than the client hands out in two batches: it does not keep to the pause.</exception>
    public void Hold(HeldRecord record)
    {
        if (Held.Count == HeldLimit)
            throw new TransactionFailure($"The client goes on reading {Partition}, which is paused: {HeldLimit} records wait for the task to be restored or resumed.");
        Held.Add(record);
    }

    public void MoveTo(long position)
    {
        Position = position;
        IsPositioned = true;
    }
}
