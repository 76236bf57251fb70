using System.Buffers;

namespace UsageStreams.Streams;

/// <summary>Writes values of <typeparamref name="T"/> as bytes and reads them back. Called by one thread at a time.</summary>
/// <typeparam name="T">The type of a record's key or value. A serde never sees null: Kafka's null key or value has no bytes.</typeparam>
/// <remarks>
/// As a key serde it must round trip and give equal keys equal bytes: stores, partitions and compaction rely on both.
/// </remarks>
public interface ISerde<T>
{
    /// <summary>Appends the bytes of <paramref name="value"/> to <paramref name="output"/>.</summary>
    /// <exception cref="RetriableException">Something outside is not available now (a schema registry): the engine aborts and tries again.</exception>
    void Serialize(T value, IBufferWriter<byte> output);

    /// <summary>
    /// Reads one value from all of <paramref name="data"/>. Reading another must not change it: a few records are read ahead where something below looks keys up.
    /// </summary>
    /// <exception cref="UndecodableException">The bytes are no <typeparamref name="T"/>: the record goes to the source's undecodable stream.</exception>
    /// <exception cref="RetriableException">Something outside is not available now: the engine aborts and tries again; nothing is rejected.</exception>
    T Deserialize(ReadOnlySpan<byte> data);
}
