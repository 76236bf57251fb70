namespace UsageStreams.Gateway;

/// <summary>What a gateway takes at most. What is more is answered 413, 429 or 503, and nothing of it is sent.</summary>
public sealed record GatewayLimits
{
    /// <summary>Bytes of a request's body; 1 KiB to 256 MiB, default 4 MiB.</summary>
    public int MaxBodyBytes { get; init; } = 4 << 20;

    /// <summary>Events of a request; 1 to 100,000, default 5,000.</summary>
    public int MaxEventsPerRequest { get; init; } = 5_000;

    /// <summary>Bytes of one event as it was sent; 256 to 16 MiB, default 64 KiB.</summary>
    public int MaxEventBytes { get; init; } = 64 << 10;

    /// <summary>Requests that are worked on at once, of all tokens; 1 to 100,000, default 256. With <see cref="MaxBodyBytes"/> it bounds the memory.</summary>
    public int MaxRequests { get; init; } = 256;

    /// <summary>Requests of one token that are worked on at once; 1 to 100,000, default 32.</summary>
    public int MaxRequestsPerToken { get; init; } = 32;

    /// <summary>Events per second of one token, averaged; 1 to 10,000,000, default 50,000. A second's worth, or one full request, may come at once.</summary>
    public int EventsPerSecondPerToken { get; init; } = 50_000;

    internal IEnumerable<string> Problems()
    {
        if (MaxBodyBytes is < 1024 or > (256 << 20)) yield return $"{nameof(MaxBodyBytes)} is {MaxBodyBytes}; it must be 1 KiB to 256 MiB";
        if (MaxEventsPerRequest is < 1 or > 100_000) yield return $"{nameof(MaxEventsPerRequest)} is {MaxEventsPerRequest}; it must be 1 to 100,000";
        if (MaxEventBytes is < 256 or > (16 << 20)) yield return $"{nameof(MaxEventBytes)} is {MaxEventBytes}; it must be 256 bytes to 16 MiB";
        if (MaxRequests is < 1 or > 100_000) yield return $"{nameof(MaxRequests)} is {MaxRequests}; it must be 1 to 100,000";
        if (MaxRequestsPerToken is < 1 or > 100_000) yield return $"{nameof(MaxRequestsPerToken)} is {MaxRequestsPerToken}; it must be 1 to 100,000";
        if (EventsPerSecondPerToken is < 1 or > 10_000_000) yield return $"{nameof(EventsPerSecondPerToken)} is {EventsPerSecondPerToken}; it must be 1 to 10,000,000";
    }
}
