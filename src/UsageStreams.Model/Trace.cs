namespace UsageStreams.Model;

public sealed partial record Trace
{
    /// <summary>Header with the producer's id of the request or job behind a record.</summary>
    public const string CorrelationHeader = "correlation-id";

    /// <summary>Header with the W3C trace context (https://www.w3.org/TR/trace-context/).</summary>
    public const string TraceparentHeader = "traceparent";

    /// <summary>No trace.</summary>
    public static Trace None { get; } = new();
}
