using System.Buffers;

namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>Writes a record's key and value, and chooses its partition.</summary>
internal sealed class RecordEncoder<TKey, TValue>(ISerde<TKey> keySerde, ISerde<TValue> valueSerde, Partitioner<TKey>? partitioner)
{
    public void Encode(in Record<TKey, TValue> record, ArrayBufferWriter<byte> keys, ArrayBufferWriter<byte> values)
    {
        keys.ResetWrittenCount();
        values.ResetWrittenCount();
        if (record.Key is not null)
            keySerde.Serialize(record.Key, keys);
        if (!record.IsTombstone)
            valueSerde.Serialize(record.Value, values);
    }

    public int Partition(TKey key, ReadOnlySpan<byte> keyBytes, int partitions, int taskPartition)
    {
        if (partitioner is not null)
            return partitioner(key, partitions);
        return key is null ? taskPartition % partitions : Partitioners.Murmur2(keyBytes, partitions);
    }
}
