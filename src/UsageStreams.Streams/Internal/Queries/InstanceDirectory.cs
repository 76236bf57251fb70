using System.Collections.Concurrent;
using UsageStreams.Streams.Queries;

namespace UsageStreams.Streams.Internal.Queries;

/// <summary>Who has which task, as far as the instances topic was read.</summary>
internal sealed class InstanceDirectory
{
    private readonly ConcurrentDictionary<TaskId, TaskAnnouncement> _tasks = [];

    public IReadOnlyList<InstanceMetadata> Instances =>
    [
        .. _tasks.ToArray()
            .GroupBy(static t => t.Value.Server, static t => t.Key, StringComparer.Ordinal)
            .OrderBy(static i => i.Key, StringComparer.Ordinal)
            .Select(static i => new InstanceMetadata(
                i.Key, [.. i.OrderBy(static t => t.SubTopology, StringComparer.Ordinal).ThenBy(static t => t.Partition)])),
    ];

    public TaskAnnouncement? Find(TaskId task) => _tasks.GetValueOrDefault(task);

    /// <summary>Takes a record of the topic over.</summary>
    /// <returns>False when it is none that an instance writes.</returns>
    public bool Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (!TaskAnnouncement.TryRead(key, value, out TaskId task, out TaskAnnouncement? announcement))
            return false;
        if (announcement is null)
            _tasks.TryRemove(task, out _);
        else
            _tasks[task] = announcement;
        return true;
    }
}
