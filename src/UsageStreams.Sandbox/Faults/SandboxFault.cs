namespace UsageStreams.Sandbox.Faults;

/// <summary>An order for trouble: what, to whom, how often.</summary>
public sealed record SandboxFault
{
    /// <summary>The system it happens in, one of <see cref="SandboxSystem"/>.</summary>
    public required string System { get; init; }

    /// <summary>What happens.</summary>
    public required FaultKind Kind { get; init; }

    /// <summary>Only calls that carry this external id; default null: any call.</summary>
    public string? ExternalId { get; init; }

    /// <summary>How many times; default 1. Null: until the faults are cleared.</summary>
    public int? Times { get; init; } = 1;

    /// <summary>Chance that a matching call is hit, over 0 to 1; default 1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>Seed of that chance; default 0.</summary>
    public int Seed { get; init; }

    /// <summary>Seconds in the Retry-After header of <see cref="FaultKind.Unavailable"/>; default 1.</summary>
    public int RetryAfterSeconds { get; init; } = 1;

    /// <summary>How late a <see cref="FaultKind.Delay"/> answers; default 1,000 ms.</summary>
    public int DelayMilliseconds { get; init; } = 1_000;

    /// <summary>The system's words for a <see cref="FaultKind.Refuse"/>; default: a plain sentence.</summary>
    public string? Message { get; init; }

    internal void Validate()
    {
        if (System is not (SandboxSystem.NetSuite or SandboxSystem.Salesforce))
            throw new SandboxException($"A fault names the system '{System}'; it must be {SandboxSystem.NetSuite} or {SandboxSystem.Salesforce}.");
        if (Times is < 1) throw new SandboxException($"A fault shall happen {Times} times; it must be at least 1, or null for always.");
        if (Probability is not (> 0 and <= 1)) throw new SandboxException($"A fault has the probability {Probability}; it must be over 0 and at most 1.");
        if (RetryAfterSeconds < 0) throw new SandboxException($"A fault's retryAfterSeconds is {RetryAfterSeconds}; it must not be negative.");
        if (DelayMilliseconds < 0) throw new SandboxException($"A fault's delayMilliseconds is {DelayMilliseconds}; it must not be negative.");
    }
}
