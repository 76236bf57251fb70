using Confluent.Kafka;
using UsageStreams.Streams.Internal.Graph;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>
/// The state of the tasks that other instances run, followed by their changelogs: whoever gets one of these tasks has next to nothing to restore.
/// The group's assignment knows nothing of it, so an instance follows all tasks that it does not run.
/// </summary>
internal sealed class StandbyTasks(ThreadContext context, ISessionClients clients, Dictionary<string, SubTopologyGraph> inputs, TaskEnvironment environment) : IDisposable
{
    // As much as a poll hands over of the input, so that following keeps up with whoever writes as fast as tasks here read.
    private const int BatchLimit = GroupReader.BatchLimit;

    private readonly Queue<TopicPartition> _missing = new(
        from input in inputs
        where input.Value.Stores.Any(static s => !s.IsRestoredFromInput)
        from partition in Enumerable.Range(0, context.Topics[input.Key])
        select new TopicPartition(input.Key, partition));

    private readonly Dictionary<TopicPartition, StreamTask> _tasks = [];
    private readonly ICatchUpReader _reader = clients.CatchUp("changelog", follow: true);
    private (TopicPartition Partition, StreamTask Task)? _opening;

    /// <summary>Whether the last step read all that it may, so that more is waiting.</summary>
    public bool HasMore { get; private set; }

    /// <summary>How the followed tasks stand now.</summary>
    public IReadOnlyList<StandbyMetrics> Stand() => [.. _tasks.Values.Select(Stand)];

    /// <summary>Reads on, and takes up one more task that nobody here runs.</summary>
    /// <param name="runsHere">Which partitions' tasks run here.</param>
    /// <param name="running">How many do.</param>
    public void Step(Func<TopicPartition, bool> runsHere, int running)
    {
        if (_opening is null && _missing.TryDequeue(out TopicPartition? next))
            Open(next, runsHere);
        if (_opening is { } opening && opening.Task.State.TryOpen())
            Follow(opening.Partition, opening.Task);
        // The fewer of all tasks run here, the more is written elsewhere while a batch is processed here.
        int limit = BatchLimit * Math.Max(1, _tasks.Count / Math.Max(1, running));
        long before = _reader.Records;
        _reader.Step(limit, TimeSpan.Zero);
        HasMore = _reader.Records - before >= limit;
        foreach (StreamTask task in _tasks.Values)
            task.State.Restored(complete: false);
    }

    /// <summary>Hands over the task of a partition that is to run here now; null when it is not followed yet.</summary>
    public StreamTask? Take(TopicPartition partition)
    {
        if (_opening is { } opening && opening.Partition == partition)
        {
            _opening = null;
            _missing.Enqueue(partition);
            return opening.Task;
        }

        if (!_tasks.Remove(partition, out StreamTask? task))
            return null;
        _missing.Enqueue(partition);
        _reader.Remove(task.State.Plan.Partitions);
        task.State.Adopt();
        return task;
    }

    public void Dispose()
    {
        _opening?.Task.State.Dispose();
        foreach (StreamTask task in _tasks.Values)
            task.State.Dispose();
        _reader.Dispose();
    }

    private StandbyMetrics Stand(StreamTask task)
    {
        long now = task.Now;
        (long? lag, long? current) = (0, now);
        foreach (CatchUpPartition partition in task.State.Plan.Partitions)
        {
            long? unread = _reader.End(partition.Partition) is { } end ? Math.Max(0, end - partition.Position) : null;
            if (unread == 0)
                partition.WasCurrent(now);
            lag += unread;
            current = partition.Current is { } known && current is { } all ? Math.Min(known, all) : null;
        }

        return new StandbyMetrics(task.Id, task.State.Plan.ToRead) { Lag = lag, Delay = current is { } since ? TimeSpan.FromMilliseconds(now - since) : null };
    }

    private void Open(TopicPartition partition, Func<TopicPartition, bool> runsHere)
    {
        if (runsHere(partition))
            _missing.Enqueue(partition);
        else
            _opening = (partition, new StreamTask(inputs[partition.Topic], partition.Partition.Value, context.Topics[partition.Topic], environment));
    }

    private void Follow(TopicPartition partition, StreamTask task)
    {
        _opening = null;
        _tasks.Add(partition, task);
        _reader.Add(task.State.PlanStandby().Partitions);
    }
}
