using System.Buffers;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams;

/// <summary>The state of one store in one task.</summary>
public abstract class StateStore
{
    private protected StateStore(string name) => Name = name;

    /// <summary>Name of the store.</summary>
    public string Name { get; }

    /// <summary>Number of keys.</summary>
    public abstract int Count { get; }

    internal abstract bool IsDirty { get; }

    /// <summary>Takes a changelog record over; <paramref name="deleted"/> for a tombstone, <paramref name="timestamp"/> as Kafka has it.</summary>
    internal abstract void Restore(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool deleted, long timestamp = 0);

    /// <summary>Writes the last value of each key changed since the last flush, in the order of first change.</summary>
    internal abstract void Flush(RecordCollector collector, string topic, int partition, ArrayBufferWriter<byte> keys, ArrayBufferWriter<byte> values);
}
