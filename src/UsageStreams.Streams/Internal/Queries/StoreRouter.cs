using UsageStreams.Streams.Internal.Graph;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Queries;

namespace UsageStreams.Streams.Internal.Queries;

/// <summary>Finds the task that has a key, and the thread that has a task.</summary>
/// <param name="topology">What runs.</param>
/// <param name="options">How.</param>
/// <param name="threads">The threads there are now; none before the start.</param>
/// <param name="state">Where the application is in its life.</param>
/// <param name="directory">Who has which task.</param>
internal sealed class StoreRouter(
    Topology topology, StreamsOptions options, Func<IReadOnlyList<ThreadContext>> threads, Func<StreamsState> state, InstanceDirectory directory)
{
    /// <summary>The sub-topology of a store.</summary>
    public SubTopologyGraph SubTopologyOf(StoreBuilder store) => topology.Graphs.FirstOrDefault(graph => graph.Stores.Contains(store))
        ?? throw new StreamsException($"The topology has no store '{store.Name}' by this handle; WithChangelog makes a new one. Pass the handle that Process or Materialized was given.");

    /// <summary>The task whose input partition has a key.</summary>
    public TaskId TaskOf<TKey>(StoreBuilder store, TKey key, Partitioner<TKey>? partitioner)
        where TKey : notnull
    {
        SubTopologyGraph graph = SubTopologyOf(store);
        string topic = graph.Source.Topic!.Value.Resolve(options.ApplicationId);
        int partitions = Running(store)[0].Topics[topic];
        int partition;
        if (partitioner is not null)
            partition = partitioner(key, partitions);
        else if (!graph.Source.TryPartition(key, partitions, out partition))
        {
            throw new StreamsException(
                $"Store '{store.Name}' has keys of type {typeof(TKey).Name}, which is not the key type of its input '{topic}': the partition of a key can't be known. "
                + "Say it by WithPartitioner(…).");
        }

        return (uint)partition < (uint)partitions
            ? new TaskId(graph.Name, partition)
            : throw new StreamsException($"The partitioner gave partition {partition}; topic '{topic}' has {partitions} (0 to {partitions - 1}).");
    }

    /// <summary>The tasks of this instance that have a part of a store, in the order of their partitions.</summary>
    public IReadOnlyList<TaskId> LocalTasks(StoreBuilder store)
    {
        SubTopologyGraph graph = SubTopologyOf(store);
        TaskId[] tasks = [.. Running(store)
            .SelectMany(static thread => thread.Metrics.Snapshot.Tasks)
            .Where(task => task.Id.SubTopology == graph.Name)
            .Select(static task => task.Id)
            .OrderBy(static task => task.Partition)];
        return tasks.Length > 0 ? tasks : throw StoreErrors.NoTask(store.Name, graph.Name);
    }

    /// <summary>Who has a task. What runs here is known better here than anywhere else.</summary>
    public KeyQueryMetadata Locate(TaskId task)
    {
        if (threads().Any(thread => Has(thread, task)))
            return new KeyQueryMetadata(task, options.ApplicationServer, IsLocal: true, null);
        TaskAnnouncement? said = directory.Find(task);
        // What this instance said and no longer has is on its way to another.
        return said is null || said.Server == options.ApplicationServer
            ? new KeyQueryMetadata(task, null, IsLocal: false, null)
            : new KeyQueryMetadata(task, said.Server, IsLocal: false, DateTimeOffset.FromUnixTimeMilliseconds(said.Time));
    }

    public void Send(TaskQuery query)
    {
        ThreadContext? thread = threads().FirstOrDefault(thread => Has(thread, query.Task));
        if (thread is null)
            throw StoreErrors.NotHere(query.Store, query.Task, Locate(query.Task).ApplicationServer);
        thread.Queries.Add(query);
    }

    private static bool Has(ThreadContext thread, TaskId task)
    {
        foreach (TaskMetrics metrics in thread.Metrics.Snapshot.Tasks)
        {
            if (metrics.Id == task)
                return true;
        }

        return false;
    }

    private IReadOnlyList<ThreadContext> Running(StoreBuilder store)
    {
        IReadOnlyList<ThreadContext> running = threads();
        StreamsState now = state();
        if (running.Count == 0 || now is not (StreamsState.Running or StreamsState.Rebalancing))
            throw StoreErrors.NotRunning(store.Name, $"application '{options.ApplicationId}' is {now}");
        return running;
    }
}
