using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>
/// Asks now and then where the changelogs end, so that local state knows from where on a restart must read. The client doesn't tell offsets of
/// what it wrote, and an offset that is too low does no harm.
/// </summary>
/// <remarks>
/// The answer is used at the first commit after it came: whatever lies below was written by that commit or an earlier one, by this task or its
/// predecessors, because a commit goes through only while nobody else has the task.
/// </remarks>
internal sealed class ChangelogEnds(ISessionClients clients, TimeSpan interval, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(3);

    private long _lastAsked = clock.GetTimestamp();
    private Task<IReadOnlyDictionary<TopicPartition, long>>? _asked;
    private List<StreamTask> _tasks = [];
    private long _askedAt;

    /// <summary>Gives an answer, if one has come, to the tasks for which it was asked. Called at a commit, before it is acknowledged.</summary>
    public void Give()
    {
        if (_asked is not { IsCompleted: true } answer)
            return;
        _asked = null;
        if (answer.IsFaulted)
            logger.ChangelogEndsUnknown(answer.Exception.InnerException!.Message);
        else
            _tasks.ForEach(task => task.State.Reached(answer.GetAwaiter().GetResult(), _askedAt));
    }

    /// <summary>Asks when it is time. Called after a commit.</summary>
    public void Ask(IEnumerable<TaskSlot> slots)
    {
        if (_asked is null && clock.GetElapsedTime(_lastAsked) >= interval)
            Begin(slots);
    }

    /// <summary>Asks and waits, so that the next start has nothing to read. Called after the last commit, when nothing more will be written.</summary>
    public void Finish(IEnumerable<TaskSlot> slots)
    {
        Begin(slots);
        // Without an answer a restart reads a little more; a stop does not wait for that.
        if (_asked is not null)
            _ = Task.WaitAny([_asked], LastWait);
        Give();
        _tasks.ForEach(static task => task.State.SaveCheckpoint());
    }

    private void Begin(IEnumerable<TaskSlot> slots)
    {
        _tasks = [.. slots.Where(static s => s.IsRunning && s.Task!.State.HasLog).Select(static s => s.Task!)];
        (_lastAsked, _askedAt) = (clock.GetTimestamp(), clock.GetUtcNow().ToUnixTimeMilliseconds());
        _asked = _tasks.Count == 0 ? null : clients.EndsAsync([.. _tasks.SelectMany(static t => t.State.Changelogs)]);
    }
}
