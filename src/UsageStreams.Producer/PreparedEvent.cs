using Confluent.Kafka;

namespace UsageStreams.Producer;

/// <summary>An event that was checked and written in its schema; see <see cref="UsageProducer.TryPrepare"/>.</summary>
public sealed class PreparedEvent
{
    internal PreparedEvent(Message<byte[], byte[]> message, int size) => (Message, Size) = (message, size);

    /// <summary>Bytes of key, value and headers.</summary>
    public int Size { get; }

    internal Message<byte[], byte[]> Message { get; }
}
