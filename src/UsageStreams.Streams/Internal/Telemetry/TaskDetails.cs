using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Telemetry;

/// <summary>What is published of a task now and then: it costs more than a small batch.</summary>
internal sealed record TaskDetails(IReadOnlyList<StoreMetrics> Stores, IReadOnlyList<UpstreamMetrics> Upstreams)
{
    public static TaskDetails Of(TaskSlot slot)
    {
        // What lies beside the task is loaded on another thread.
        IReadOnlyCollection<TaskStore> stores = slot.IsRestoring || slot.IsRunning ? slot.Task!.Stores : [];
        var metrics = new StoreMetrics[stores.Count];
        int i = 0;
        foreach (TaskStore store in stores)
        {
            CatchUpPartition? restore = store.Changelog is null ? slot.Restoring.Input : slot.Restoring.Changelogs.ElementAtOrDefault(i);
            metrics[i++] = new StoreMetrics(
                store.State.Name, store.State.Count, restore?.Records ?? 0, restore is null or { IsDone: true } ? 0 : Math.Max(0, restore.Target - restore.Position));
        }

        return new TaskDetails(metrics, slot.Task!.Time.Upstreams());
    }
}
