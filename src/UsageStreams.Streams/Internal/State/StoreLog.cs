using System.Buffers;

namespace UsageStreams.Streams.Internal.State;

/// <summary>One store's part of its task's log.</summary>
internal sealed class StoreLog(StateLog log, int store)
{
    private readonly ArrayBufferWriter<byte> _value = new();

    public StateLog Log { get; } = log;

    public LogPosition Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => Log.Add(store, key, value, deleted: false);

    public void AddDeleted(ReadOnlySpan<byte> key) => Log.Add(store, key, default, deleted: true);

    public LogPosition Add<TValue>(ReadOnlySpan<byte> key, TValue value, ISerde<TValue> serde)
    {
        _value.ResetWrittenCount();
        serde.Serialize(value, _value);
        return Add(key, _value.WrittenSpan);
    }
}
