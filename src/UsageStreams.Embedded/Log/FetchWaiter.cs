namespace UsageStreams.Embedded.Log;

/// <summary>A parked fetch: woken once, by the first append or transaction end in one of its partitions, or by its time limit.</summary>
internal sealed class FetchWaiter
{
    private readonly TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Wake() => _woken.TrySetResult();

    /// <summary>Waits by the machine's clock, since it is the client's time that passes.</summary>
    public async Task WaitAsync(TimeSpan limit, CancellationToken cancellation)
    {
        using var timer = TimeProvider.System.CreateTimer(
            static state => ((FetchWaiter)state!).Wake(), this, limit, Timeout.InfiniteTimeSpan);
        await using var registration = cancellation.UnsafeRegister(static state => ((FetchWaiter)state!).Wake(), this);
        await _woken.Task;
    }
}
