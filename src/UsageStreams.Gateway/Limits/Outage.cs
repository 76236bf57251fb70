namespace UsageStreams.Gateway.Limits;

/// <summary>
/// Remembers that Kafka acknowledged nothing of what was sent last: for a while new requests are turned away at once rather than each waiting until it fails.
/// The first one after that tries again.
/// </summary>
internal sealed class Outage(TimeSpan pause, TimeProvider time)
{
    private long _until;

    /// <summary>Whether to turn requests away now.</summary>
    public bool IsOn => time.GetTimestamp() < Volatile.Read(ref _until);

    /// <summary>Tells how a request ended.</summary>
    public void Report(bool anyAcknowledged, bool anyUnconfirmed)
    {
        if (anyAcknowledged)
            Volatile.Write(ref _until, 0);
        else if (anyUnconfirmed)
            Volatile.Write(ref _until, time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency));
    }
}
