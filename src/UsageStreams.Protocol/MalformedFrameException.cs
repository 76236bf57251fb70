namespace UsageStreams.Protocol;

/// <summary>The bytes of a request or an answer do not follow its schema; the connection is to be closed.</summary>
internal sealed class MalformedFrameException(string message) : Exception(message);
