namespace UsageStreams.Streams.Internal.Wire;

/// <summary>Pauses between attempts: the first is a millisecond, each next one twice as long, up to a longest.</summary>
internal sealed class Backoff(TimeSpan longest)
{
    private TimeSpan _next = TimeSpan.FromMilliseconds(1);

    public Task WaitAsync(CancellationToken stopping)
    {
        TimeSpan pause = _next < longest ? _next : longest;
        _next = pause * 2;
        return Task.Delay(pause, TimeProvider.System, stopping);
    }

    public void Reset() => _next = TimeSpan.FromMilliseconds(1);
}
