using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using UsageStreams.Streams.Internal.Faults;
using UsageStreams.Streams.Internal.Graph;
using UsageStreams.Streams.Internal.State;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Internal.Telemetry;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>Makes the tasks of a session's new partitions and restores them in slices, while the other tasks go on.</summary>
internal sealed class TaskStarter : IDisposable
{
    private const int RestoreBatchLimit = 5000;
    private const int TableBatchLimit = 2000;
    private static readonly TimeSpan OpenWait = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan RestoreWait = TimeSpan.FromMilliseconds(20);

    private readonly ThreadContext _context;
    private readonly Dictionary<string, SubTopologyGraph> _inputs;
    private readonly TaskEnvironment _environment;
    private readonly ICatchUpReader _restorer;
    private readonly SideTableReaders _sideTables;
    private readonly RestoreReports _reports;
    private readonly StandbyTasks? _standbys;
    private readonly List<TaskSlot> _starting = [];
    private readonly List<TaskSlot> _complete = [];

    public TaskStarter(ThreadContext context, ISessionClients clients, Dictionary<string, SubTopologyGraph> inputs, TaskEnvironment environment)
    {
        (_context, _inputs, _environment) = (context, inputs, environment);
        _restorer = clients.CatchUp("changelog", follow: false);
        _sideTables = new SideTableReaders(clients);
        if (context.Clients.Options.Standby)
            _standbys = new StandbyTasks(context, clients, inputs, environment);
        _reports = new RestoreReports(context);
    }

    /// <summary>Whether tasks are still to be started.</summary>
    public bool IsBusy => _starting.Count > 0;

    /// <summary>How long the thread may wait for input meanwhile: not at all where there is something to restore.</summary>
    public TimeSpan LongestWait => _starting.Exists(static s => s.IsRestoring) ? TimeSpan.Zero : OpenWait;

    /// <summary>Table records read for tasks.</summary>
    public long TableRecords => _sideTables.Records;

    public void Add(TaskSlot slot) => _starting.Add(slot);

    /// <summary>Restores a slice, and hands slots to <paramref name="start"/> whose task is complete.</summary>
    public void Step(IGroupReader reader, Action<TaskSlot> start)
    {
        if (_starting.Count == 0)
            return;
        foreach (TaskSlot slot in _starting)
        {
            if (!slot.IsRestoring)
                Open(slot, reader);
        }

        long before = _restorer.Records;
        _restorer.Step(RestoreBatchLimit, _restorer.IsCaughtUp ? TimeSpan.Zero : RestoreWait);
        _context.Metrics.RecordsRestored += _restorer.Records - before;
        _complete.Clear();
        for (int i = _starting.Count - 1; i >= 0; i--)
        {
            if (!IsComplete(_starting[i]))
                continue;
            _complete.Add(_starting[i]);
            _starting.RemoveAt(i);
        }

        EnsureNobodyWentOn(reader);
        foreach (TaskSlot slot in _complete)
        {
            _reports.Completed(slot);
            start(slot);
        }
    }

    /// <summary>Reads on in the tables of the tasks, and in the changelogs of others' tasks; <paramref name="runsHere"/> tells which are not others'.</summary>
    /// <param name="runsHere">Which partitions' tasks run here.</param>
    /// <param name="running">How many do.</param>
    public void Follow(Func<TopicPartition, bool> runsHere, int running)
    {
        _sideTables.Step(TableBatchLimit);
        _standbys?.Step(runsHere, running);
    }

    /// <summary>Whether more is waiting of what is followed for others.</summary>
    public bool IsFollowingBehind => _standbys is { HasMore: true };

    /// <summary>How the tasks stand that are followed for others.</summary>
    public IReadOnlyList<StandbyMetrics> Standbys() => _standbys?.Stand() ?? [];

    /// <summary>Gives up what was begun for slots that are gone.</summary>
    public void Remove(IReadOnlyList<TaskSlot> slots)
    {
        _starting.RemoveAll(slots.Contains);
        foreach (TaskSlot slot in slots)
        {
            _reports.Suspended(slot);
            _restorer.Remove(slot.Restoring.Partitions);
            _sideTables.Remove(slot.Following);
        }
    }

    public void Dispose()
    {
        _restorer.Dispose();
        _sideTables.Dispose();
        _standbys?.Dispose();
    }

    private bool IsComplete(TaskSlot slot)
    {
        if (!slot.IsRestoring)
            return false;
        _reports.Advanced(slot);
        bool isRestored = slot.Restoring.IsDone;
        slot.Task!.State.Restored(isRestored);
        return isRestored && slot.Following.All(static p => p.IsDone);
    }

    /// <summary>
    /// Where others have committed since this member was given its partitions, the group has expelled it and it does not know yet. Nothing that it
    /// does can be committed; but changelogs that others wrote on give a state that is ahead of its position, and user code would see it.
    /// </summary>
    private void EnsureNobodyWentOn(IGroupReader reader)
    {
        List<TaskSlot> restored = _complete.FindAll(static slot => slot.Restoring.Records > 0);
        if (restored.Count == 0)
            return;
        Dictionary<TopicPartition, Offset> committed = reader.Committed(restored.ConvertAll(static slot => slot.Partition))
            .ToDictionary(static o => o.TopicPartition, static o => o.Offset == Offset.Unset ? Offset.Beginning : o.Offset);
        foreach (TaskSlot slot in restored)
        {
            if (committed[slot.Partition] != slot.Start)
                throw new TransactionFailure($"Could not take {slot.Partition} at {slot.Start}: while its state was restored, others have committed {committed[slot.Partition]}.");
        }
    }

    private void Open(TaskSlot slot, IGroupReader reader)
    {
        SubTopologyGraph graph = _inputs[slot.Partition.Topic];
        if (slot.Task is null)
        {
            slot.Task = _standbys?.Take(slot.Partition) ?? new StreamTask(graph, slot.Partition.Partition.Value, _context.Topics[slot.Partition.Topic], _environment);
            reader.Pause(slot.Partition);
        }

        // A thread that lost the task may not know it yet; this one asks again.
        if (!slot.Task.State.TryOpen())
            return;
        slot.Restoring = slot.Task.State.PlanFor(slot.Start.Value >= 0 ? slot.Start.Value : null);
        slot.IsRestoring = true;
        slot.Following = [.. slot.Task.Tables.Select(table => new CatchUpPartition(
            new TopicPartition(table.Key.Topic, slot.Partition.Partition), table.Value.Take, new TableFaults(table.Value, table.Key.Topic, table.Key.Faults!, _context.Faults)))];
        _sideTables.Add(graph, slot.Following);
        _restorer.Add(slot.Restoring.Partitions);
        _reports.Advanced(slot);
        if (slot.Task.State.IsLocal)
            _context.Clients.Logger.LocalStateUsed(slot.Task.Id, slot.Restoring.ToRead);
    }
}
