using System.Buffers;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Internal.Windows;

/// <summary>The key's bytes, then start and end of the window.</summary>
internal sealed class WindowedSerde<TKey>(ISerde<TKey> keySerde) : ISerde<Windowed<TKey>>
{
    private const int WindowLength = 2 * sizeof(long);

    public void Serialize(Windowed<TKey> value, IBufferWriter<byte> output)
    {
        keySerde.Serialize(value.Key, output);
        Serdes.Int64.Serialize(value.Window.Start, output);
        Serdes.Int64.Serialize(value.Window.End, output);
    }

    public Windowed<TKey> Deserialize(ReadOnlySpan<byte> data)
    {
        int key = data.Length - WindowLength;
        if (key < 0)
            throw new UndecodableException($"A windowed key has at least {WindowLength} bytes; there are {data.Length}.");
        return new Windowed<TKey>(
            keySerde.Deserialize(data[..key]),
            new TimeWindow(Serdes.Int64.Deserialize(data.Slice(key, sizeof(long))), Serdes.Int64.Deserialize(data[(key + sizeof(long))..])));
    }
}
