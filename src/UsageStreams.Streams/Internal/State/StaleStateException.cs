namespace UsageStreams.Streams.Internal.State;

/// <summary>Local state that must not be used; the message says why.</summary>
internal sealed class StaleStateException(string reason) : Exception(reason);
