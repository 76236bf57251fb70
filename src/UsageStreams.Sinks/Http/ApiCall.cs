namespace UsageStreams.Sinks.Http;

/// <summary>A call as a connector words it.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">Path and query, below the instance the token belongs to.</param>
/// <param name="Body">JSON, or null for none.</param>
internal sealed record ApiCall(HttpMethod Method, string Path, byte[]? Body = null)
{
    /// <summary>The producer's correlation id, for the header.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>W3C trace context, for the header.</summary>
    public string? Traceparent { get; init; }

    /// <summary>Headers the API wants.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
