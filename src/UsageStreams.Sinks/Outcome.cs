namespace UsageStreams.Sinks;

/// <summary>The remote system's decision about one document.</summary>
public sealed record Outcome
{
    private Outcome()
    {
    }

    /// <summary>The remote record's id; null when refused.</summary>
    public string? RemoteId { get; private init; }

    /// <summary>The remote system's words; null when accepted.</summary>
    public string? Error { get; private init; }

    /// <summary>SHA-256 of what was sent for the document, lower-case hex.</summary>
    public required string PayloadHash { get; init; }

    /// <summary>Whether the system holds the document now.</summary>
    public bool IsAccepted => RemoteId is not null;

    /// <summary>The system holds the document.</summary>
    public static Outcome Accepted(string remoteId, string payloadHash) => new() { RemoteId = remoteId, PayloadHash = payloadHash };

    /// <summary>The system doesn't take the document as it is; a person has to look.</summary>
    public static Outcome Refused(string error, string payloadHash) => new() { Error = error, PayloadHash = payloadHash };
}
