namespace UsageStreams.Producer.Internal;

/// <summary>The bounded queue's places, counted in events and in bytes. Who waits is served in order, so that a large event is not overtaken for ever.</summary>
internal sealed class Room(int maxEvents, long maxBytes)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private int _events;
    private long _bytes;

    public int Events => Volatile.Read(ref _events);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Takes places at once; false when they are not free, or others wait for theirs.</summary>
    public bool TryTake(int events, long bytes)
    {
        lock (_gate)
            return _waiters.Count == 0 && TryTake_NeedsLock(events, bytes);
    }

    /// <summary>Takes a place for one event, waiting for it.</summary>
    public async ValueTask TakeAsync(long bytes, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Waiter waiter;
        lock (_gate)
        {
            if (_waiters.Count == 0 && TryTake_NeedsLock(1, bytes))
                return;
            waiter = new Waiter(bytes);
            _waiters.AddLast(waiter);
        }

        await using var registration = cancellation.UnsafeRegister(static (state, token) =>
        {
            var (room, waiter) = ((Room, Waiter))state!;
            room.GiveUp(waiter, token);
        }, (this, waiter));
        await waiter.Task;
    }

    /// <summary>Gives places back.</summary>
    public void Give(int events, long bytes)
    {
        lock (_gate)
        {
            _events -= events;
            _bytes -= bytes;
            ServeWaiters_NeedsLock();
        }
    }

    private void GiveUp(Waiter waiter, CancellationToken token)
    {
        lock (_gate)
        {
            if (!_waiters.Remove(waiter))
                return;
            // Those behind it may need less.
            ServeWaiters_NeedsLock();
        }

        waiter.TrySetCanceled(token);
    }

    private void ServeWaiters_NeedsLock()
    {
        while (_waiters.First is { } first && TryTake_NeedsLock(1, first.Value.Bytes))
        {
            _waiters.RemoveFirst();
            first.Value.TrySetResult();
        }
    }

    private bool TryTake_NeedsLock(int events, long bytes)
    {
        if (_events + events > maxEvents || _bytes + bytes > maxBytes)
            return false;
        _events += events;
        _bytes += bytes;
        return true;
    }

    private sealed class Waiter(long bytes) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long Bytes { get; } = bytes;
    }
}
