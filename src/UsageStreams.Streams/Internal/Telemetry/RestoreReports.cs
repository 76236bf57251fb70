using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Streams.Internal.Telemetry;

/// <summary>Tells how the restores of one session go on: what was read since it last looked.</summary>
internal sealed class RestoreReports(ThreadContext context)
{
    private readonly Action<RestoreProgress>? _listener = context.RestoreProgressed;
    private readonly Dictionary<TaskSlot, DateTimeOffset> _traced = [];
    private readonly Dictionary<CatchUpPartition, Known> _running = [];

    /// <summary>Reports what was read of a task's changelogs; the first call is its start.</summary>
    public void Advanced(TaskSlot slot)
    {
        if (StreamsTraces.IsOn)
            _traced.TryAdd(slot, context.Clock.GetUtcNow());
        if (_listener is null)
            return;
        foreach (CatchUpPartition partition in slot.Restoring.Partitions)
        {
            if (!_running.TryGetValue(partition, out Known known))
            {
                known = new Known(slot.Task!.Id, StoresOf(slot, partition), partition.Position, 0);
                Tell(partition, known, RestoreStage.Started);
            }

            if (partition.Records > known.Told)
                Tell(partition, known, RestoreStage.Batch);
        }
    }

    public void Completed(TaskSlot slot) => End(slot, RestoreStage.Completed);

    /// <summary>The task is given up; nothing is told when its restore was over.</summary>
    public void Suspended(TaskSlot slot) => End(slot, RestoreStage.Suspended);

    private void End(TaskSlot slot, RestoreStage stage)
    {
        if (_traced.Remove(slot, out DateTimeOffset start))
            StreamsTraces.Restored(context, slot, start, stage == RestoreStage.Completed);
        foreach (CatchUpPartition partition in slot.Restoring.Partitions)
        {
            if (!_running.TryGetValue(partition, out Known known))
                continue;
            Tell(partition, known, stage);
            _running.Remove(partition);
        }
    }

    private void Tell(CatchUpPartition partition, Known known, RestoreStage stage)
    {
        _running[partition] = known with { Told = partition.Records };
        _listener!(new RestoreProgress(
            known.Task, known.Stores, partition.Partition.Topic, stage, known.From, partition.Target, partition.Position, partition.Records));
    }

    /// <summary>The store of a changelog, or all stores that are made of the input.</summary>
    private static string StoresOf(TaskSlot slot, CatchUpPartition partition) => string.Join(", ", slot.Task!.Stores
        .Where(store => store.Changelog is null ? partition == slot.Restoring.Input : store.Changelog == partition.Partition.Topic)
        .Select(static store => store.State.Name));

    private readonly record struct Known(TaskId Task, string Stores, long From, long Told);
}
