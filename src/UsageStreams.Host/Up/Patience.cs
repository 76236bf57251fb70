namespace UsageStreams.Host.Up;

/// <summary>Notices that a number has stood still for too long.</summary>
internal sealed class Patience(TimeSpan limit, TimeProvider time)
{
    private long _last = -1;
    private long _since = time.GetTimestamp();

    /// <summary>Whether <paramref name="progress"/> has been the same for the limit.</summary>
    public bool IsOver(long progress)
    {
        if (progress == _last)
            return time.GetElapsedTime(_since) > limit;
        _last = progress;
        _since = time.GetTimestamp();
        return false;
    }
}
