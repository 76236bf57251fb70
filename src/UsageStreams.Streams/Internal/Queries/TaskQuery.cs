using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Queries;

namespace UsageStreams.Streams.Internal.Queries;

/// <summary>A question to one task, answered on its thread.</summary>
internal abstract class TaskQuery(TaskId task, bool committedOnly)
{
    public TaskId Task { get; } = task;

    /// <summary>Whether it waits for a commit.</summary>
    public bool CommittedOnly { get; } = committedOnly;

    public abstract string Store { get; }

    /// <summary>Reads the running task's store; what goes wrong is the asker's, not the task's.</summary>
    public abstract void Answer(TaskSlot slot, long? end);

    public abstract void Fail(Exception cause);
}

internal sealed class StoreTaskQuery<TStore, TResult>(
    TaskId task, StoreBuilder store, Func<TStore, TResult> read, bool committedOnly, long? maxLag, CancellationToken cancellationToken)
    : TaskQuery(task, committedOnly)
    where TStore : StateStore
{
    private readonly TaskCompletionSource<(TResult Result, StorePosition At)> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override string Store => store.Name;

    public Task<(TResult Result, StorePosition At)> Answered => _answer.Task;

    public override void Answer(TaskSlot slot, long? end)
    {
        if (cancellationToken.IsCancellationRequested)
            return;
        try
        {
            var at = new StorePosition(Task, slot.IsPositioned ? slot.Position : null, end);
            if (maxLag is { } most && !(at.Lag <= most))
            {
                throw new StoreUnavailableException(
                    StoreUnavailableReason.TooStale,
                    Store,
                    $"Task {Task} is {at.Lag?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "an unknown number of"} offsets behind its input; the query allows {most}. "
                    + "Ask again later, or allow more.") { Task = Task };
            }

            _answer.TrySetResult((read((TStore)slot.Task!.Store(store)), at));
        }
        catch (Exception e)
        {
            _answer.TrySetException(e);
        }
    }

    public override void Fail(Exception cause) => _answer.TrySetException(cause);
}
