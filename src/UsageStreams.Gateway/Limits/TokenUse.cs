namespace UsageStreams.Gateway.Limits;

/// <summary>What one token is using: requests at once, and events per second as a bucket that fills with time.</summary>
internal sealed class TokenUse
{
    private readonly Lock _gate = new();
    private int _requests;
    private double _used;
    private long _since;

    /// <summary>Begins a request; false when as many are begun as may be.</summary>
    public bool TryBegin(int most)
    {
        if (Interlocked.Increment(ref _requests) <= most)
            return true;
        Interlocked.Decrement(ref _requests);
        return false;
    }

    /// <summary>Ends a request.</summary>
    public void End() => Interlocked.Decrement(ref _requests);

    /// <summary>Takes events out of the bucket; false, with the time to wait, when there are not as many in it.</summary>
    public bool TryTake(int events, GatewayLimits limits, TimeProvider time, out TimeSpan wait)
    {
        // A request that may be sent at all must fit.
        double most = Math.Max(limits.EventsPerSecondPerToken, limits.MaxEventsPerRequest);
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _used = Math.Max(0, _used - (time.GetElapsedTime(_since, now).TotalSeconds * limits.EventsPerSecondPerToken));
            _since = now;
            wait = TimeSpan.FromSeconds(Math.Max(0, _used + events - most) / limits.EventsPerSecondPerToken);
            if (wait > TimeSpan.Zero)
                return false;
            _used += events;
            return true;
        }
    }

    /// <summary>Gives events back that were not sent after all.</summary>
    public void GiveBack(int events)
    {
        lock (_gate)
            _used = Math.Max(0, _used - events);
    }
}
