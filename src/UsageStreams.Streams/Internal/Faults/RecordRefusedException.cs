namespace UsageStreams.Streams.Internal.Faults;

/// <summary>The client refuses a record at once, before it is part of the transaction: another record may follow.</summary>
internal sealed class RecordRefusedException(string message, Exception innerException) : StreamsException(message, innerException);
