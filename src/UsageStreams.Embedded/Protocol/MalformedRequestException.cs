namespace UsageStreams.Embedded.Protocol;

/// <summary>The bytes of a request do not follow its schema; as in Kafka, the connection is closed.</summary>
internal sealed class MalformedRequestException(string message) : Exception(message);
