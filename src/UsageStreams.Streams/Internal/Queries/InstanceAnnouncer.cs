using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Queries;

/// <summary>
/// Tells the other instances which tasks one session runs, in the transactions of these tasks: who no longer owns a task can't commit that it does.
/// </summary>
internal sealed class InstanceAnnouncer(ThreadContext context, RecordCollector output)
{
    private readonly string? _server = context.Clients.Options.ApplicationServer;
    private readonly string _topic = TaskAnnouncement.Topic(context.Clients.Options.ApplicationId);

    /// <summary>Announces tasks that run and have a position to commit, each once.</summary>
    public void Announce(IReadOnlyCollection<TaskSlot> slots)
    {
        if (_server is null)
            return;
        foreach (TaskSlot slot in slots)
        {
            if (slot.IsAnnounced || !slot.IsRunning || !slot.IsPositioned)
                continue;
            slot.IsAnnounced = true;
            Send(slot.Task!.Id, new TaskAnnouncement(_server, context.ClientId, context.Clock.GetUtcNow().ToUnixTimeMilliseconds()).Value());
        }
    }

    /// <summary>Takes back what was announced of tasks that are given up, ahead of the commit that gives them up: it must not announce them again.</summary>
    public void Withdraw(IEnumerable<TaskSlot> slots)
    {
        foreach (TaskSlot slot in slots)
        {
            if (slot.IsAnnounced)
                Send(slot.Task!.Id, []);
            slot.IsAnnounced = true;
        }
    }

    private void Send(TaskId task, byte[] value) => output.Send(new OutputRecord(_topic, 0)
    {
        Key = TaskAnnouncement.Key(task),
        HasKey = true,
        Value = value,
        HasValue = value.Length > 0,
    });
}
