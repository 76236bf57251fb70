using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Queries;

namespace UsageStreams.Streams.Internal.Queries;

/// <summary>Questions to the tasks of one thread. Anybody puts them in; the thread answers them between batches.</summary>
internal sealed class QueryMailbox
{
    private readonly Lock _lock = new();
    private readonly List<TaskQuery> _waiting = [];
    private bool _closed;

    // Read by the thread after each batch, without the lock.
    private volatile bool _any;

    public void Add(TaskQuery query)
    {
        lock (_lock)
        {
            if (!_closed)
            {
                _waiting.Add(query);
                _any = true;
                return;
            }
        }

        query.Fail(Ended(query));
    }

    /// <summary>Answers what waits; those that ask for committed state only when <paramref name="committed"/>: nothing has changed since the last commit.</summary>
    public void Answer(IReadOnlyCollection<TaskSlot> slots, IGroupReader reader, bool committed)
    {
        if (!_any)
            return;
        foreach (TaskQuery query in Take(committed ? static _ => true : static query => !query.CommittedOnly))
            Answer(query, slots, reader);
    }

    /// <summary>The session failed: its tasks and their state are gone.</summary>
    public void Reject() => Fail(static query => new StoreUnavailableException(
        StoreUnavailableReason.Restoring, query.Store, $"The thread of task {query.Task} begins anew after a failure, and restores store '{query.Store}'. Ask again later.") { Task = query.Task });

    /// <summary>The thread begins, perhaps in the place of one that ended.</summary>
    public void Open()
    {
        lock (_lock)
            _closed = false;
    }

    /// <summary>The thread ends.</summary>
    public void Close()
    {
        lock (_lock)
            _closed = true;
        Fail(Ended);
    }

    private static void Answer(TaskQuery query, IReadOnlyCollection<TaskSlot> slots, IGroupReader reader)
    {
        foreach (TaskSlot slot in slots)
        {
            if (slot.Task?.Id != query.Task)
                continue;
            if (slot.IsRunning)
                query.Answer(slot, reader.End(slot.Partition));
            else
                query.Fail(StoreErrors.Restoring(query.Store, query.Task));
            return;
        }

        query.Fail(StoreErrors.NotHere(query.Store, query.Task, null));
    }

    private static StoreUnavailableException Ended(TaskQuery query) => StoreErrors.NotRunning(query.Store, "its thread has ended");

    private void Fail(Func<TaskQuery, Exception> cause)
    {
        foreach (TaskQuery query in Take(static _ => true))
            query.Fail(cause(query));
    }

    private List<TaskQuery> Take(Predicate<TaskQuery> which)
    {
        lock (_lock)
        {
            List<TaskQuery> taken = _waiting.FindAll(which);
            _waiting.RemoveAll(which);
            _any = _waiting.Count > 0;
            return taken;
        }
    }
}
