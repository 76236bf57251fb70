namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>How many threads may be replaced in how long.</summary>
internal sealed class ReplacementBudget(int most, TimeSpan interval, TimeProvider clock)
{
    private readonly Queue<long> _taken = new();

    /// <summary>Takes one, unless <c>most</c> were taken within the interval.</summary>
    public bool TryTake()
    {
        while (_taken.TryPeek(out long oldest) && clock.GetElapsedTime(oldest) >= interval)
            _taken.Dequeue();
        if (_taken.Count >= most)
            return false;
        _taken.Enqueue(clock.GetTimestamp());
        return true;
    }
}
