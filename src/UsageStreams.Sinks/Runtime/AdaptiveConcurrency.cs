namespace UsageStreams.Sinks.Runtime;

/// <summary>
/// How many calls run at once: one more per round of calls that went through, half as many when the system throttles (additive
/// increase, multiplicative decrease). Throttled calls that began before the last decrease don't decrease again.
/// </summary>
internal sealed class AdaptiveConcurrency(int most)
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource<int>> _waiting = new();
    private double _limit = most;
    private int _running;
    private int _decreases;

    public int Limit
    {
        get
        {
            lock (_gate) return (int)_limit;
        }
    }

    /// <summary>Waits for a place.</summary>
    /// <returns>The ticket to <see cref="Leave"/> with.</returns>
    public async ValueTask<int> EnterAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource<int> turn;
        lock (_gate)
        {
            if (_running < (int)_limit)
            {
                _running++;
                return _decreases;
            }

            turn = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
        }

        await using var registration = cancellationToken.Register(() => turn.TrySetCanceled(cancellationToken));
        return await turn.Task;
    }

    /// <summary>Gives the place back.</summary>
    public void Leave(int ticket, bool wasThrottled)
    {
        lock (_gate)
        {
            _running--;
            if (!wasThrottled) _limit = Math.Min(most, _limit + (1 / _limit));
            else if (ticket == _decreases)
            {
                _limit = Math.Max(1, _limit / 2);
                _decreases++;
            }

            // Those who gave up are still in the queue; they take no place.
            while (_running < (int)_limit && _waiting.TryDequeue(out var next))
                if (next.TrySetResult(_decreases)) _running++;
        }
    }
}
