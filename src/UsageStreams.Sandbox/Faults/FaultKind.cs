namespace UsageStreams.Sandbox.Faults;

/// <summary>What goes wrong. In JSON by its kebab-case name, such as <c>drop-after-effect</c>.</summary>
public enum FaultKind
{
    /// <summary>429, the system's way to say: too many requests at once. Nothing is done.</summary>
    TooManyRequests,

    /// <summary>500 with the system's error body. Nothing is done.</summary>
    ServerError,

    /// <summary>503 with Retry-After. Nothing is done.</summary>
    Unavailable,

    /// <summary>The request is carried out, then the connection is dropped without an answer.</summary>
    DropAfterEffect,

    /// <summary>The answer comes late, by <see cref="SandboxFault.DelayMilliseconds"/>.</summary>
    Delay,

    /// <summary>The token presented is revoked and the call answered 401. Nothing is done.</summary>
    ExpiredToken,

    /// <summary>The record is refused as invalid, for good. Nothing is done to it; others of the same call go through.</summary>
    Refuse,
}
