namespace UsageStreams.Streams.Internal.Native;

/// <summary>A client of the native library: one of Confluent.Kafka's, or one of the engine's own.</summary>
internal interface INativeClient : IDisposable
{
    /// <summary>The <c>rd_kafka_t</c>; valid until this is disposed.</summary>
    nint Pointer { get; }
}
