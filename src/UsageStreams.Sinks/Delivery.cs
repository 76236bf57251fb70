namespace UsageStreams.Sinks;

/// <summary>A document on its way to a remote system.</summary>
/// <typeparam name="TDocument">What is delivered.</typeparam>
/// <param name="Id">The document's id; the remote record's external id is computed from it.</param>
/// <param name="Account">Documents of one account are delivered in order.</param>
/// <param name="Document">The document.</param>
/// <param name="CorrelationId">The producer's id of what caused it, or null.</param>
/// <param name="Traceparent">W3C trace context, or null.</param>
public sealed record Delivery<TDocument>(string Id, string Account, TDocument Document, string? CorrelationId = null, string? Traceparent = null);
