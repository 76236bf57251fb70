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
    private const int BatchLimit = 2000;

    private readonly Queue<TopicPartition> _missing = new(
        from input in inputs
        where input.Value.Stores.Any(static s => !s.IsRestoredFromInput)
        from partition in Enumerable.Range(0, context.Topics[input.Key])
        select new TopicPartition(input.Key, partition));

    private readonly Dictionary<TopicPartition, StreamTask> _tasks = [];
    private readonly ICatchUpReader _reader = clients.CatchUp("changelog", follow: true);
    private (TopicPartition Partition, StreamTask Task)? _opening;

    /// <summary>How the followed tasks stand.</summary>
    public IReadOnlyList<StandbyMetrics> Metrics =>
        [.. _tasks.Values.Select(static task => new StandbyMetrics(task.Id, task.State.Plan.ToRead))];

    /// <summary>Reads on, and takes up one more task that nobody here runs.</summary>
    public void Step(Func<TopicPartition, bool> runsHere)
    {
        if (_opening is null && _missing.TryDequeue(out TopicPartition? next))
            Open(next, runsHere);
        if (_opening is { } opening && opening.Task.State.TryOpen())
            Follow(opening.Partition, opening.Task);
        _reader.Step(BatchLimit, TimeSpan.Zero);
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
