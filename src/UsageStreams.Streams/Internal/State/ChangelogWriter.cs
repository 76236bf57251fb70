using System.Buffers;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.State;

/// <summary>Writes a store's changes to its changelog, if it has one.</summary>
internal sealed class ChangelogWriter(RecordCollector collector, string? topic, int partition)
{
    private readonly ArrayBufferWriter<byte> _key = new();
    private readonly ArrayBufferWriter<byte> _value = new();

    /// <summary>The bytes of the last key, until the next.</summary>
    public ReadOnlySpan<byte> Key => _key.WrittenSpan;

    /// <summary>The bytes of the last value, until the next.</summary>
    public ReadOnlySpan<byte> Value => _value.WrittenSpan;

    public void Write<TKey, TValue>(TKey key, ISerde<TKey> keySerde, TValue value, ISerde<TValue> valueSerde)
    {
        _key.ResetWrittenCount();
        _value.ResetWrittenCount();
        keySerde.Serialize(key, _key);
        valueSerde.Serialize(value, _value);
        Send(hasValue: true);
    }

    public void WriteDeleted<TKey>(TKey key, ISerde<TKey> keySerde)
    {
        _key.ResetWrittenCount();
        _value.ResetWrittenCount();
        keySerde.Serialize(key, _key);
        Send(hasValue: false);
    }

    private void Send(bool hasValue)
    {
        if (topic is null)
            return;
        collector.Send(new OutputRecord(topic, partition) { Key = Key, HasKey = true, Value = Value, HasValue = hasValue });
    }
}
