using UsageStreams.Model;

namespace UsageStreams.Host.Import;

/// <summary>An event read from a line.</summary>
/// <param name="Event">The event.</param>
/// <param name="Traceparent">W3C trace context that the line brought; null when it brought none.</param>
internal readonly record struct ImportedEvent(UsageEvent Event, string? Traceparent = null);
