using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using UsageStreams.Streams.Internal.Windows;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams;

/// <summary>Serdes for plain types.</summary>
public static class Serdes
{
    /// <summary>Text as UTF-8 without a byte order mark; strict in both directions.</summary>
    public static ISerde<string> Utf8 { get; } = new Utf8Serde();

    /// <summary>64-bit integers as 8 bytes, big-endian with the sign bit flipped, so that bytes sort as the numbers do.</summary>
    public static ISerde<long> Int64 { get; } = new Int64Serde();

    /// <summary>Bytes as they are.</summary>
    public static ISerde<byte[]> Bytes { get; } = new BytesSerde();

    /// <summary>A key and its window: the key's bytes, then start and end as <see cref="Int64"/>.</summary>
    /// <remarks>To keep the windows of one key in one partition, choose the partition by the key: <c>Produced.With(…).WithPartitioner(…)</c>.</remarks>
    public static ISerde<Windowed<TKey>> Windowed<TKey>(ISerde<TKey> keySerde) => new WindowedSerde<TKey>(keySerde);

    private sealed class Utf8Serde : ISerde<string>
    {
        private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

        public void Serialize(string value, IBufferWriter<byte> output) => Strict.GetBytes(value, output);

        public string Deserialize(ReadOnlySpan<byte> data)
        {
            try
            {
                return Strict.GetString(data);
            }
            catch (DecoderFallbackException e)
            {
                throw new UndecodableException($"The {data.Length} bytes are no UTF-8: {e.Message}", e);
            }
        }
    }

    private sealed class Int64Serde : ISerde<long>
    {
        public void Serialize(long value, IBufferWriter<byte> output)
        {
            BinaryPrimitives.WriteInt64BigEndian(output.GetSpan(sizeof(long)), value ^ long.MinValue);
            output.Advance(sizeof(long));
        }

        public long Deserialize(ReadOnlySpan<byte> data) => data.Length == sizeof(long)
            ? BinaryPrimitives.ReadInt64BigEndian(data) ^ long.MinValue
            : throw new UndecodableException($"A 64-bit integer has 8 bytes; there are {data.Length}.");
    }

    private sealed class BytesSerde : ISerde<byte[]>
    {
        public void Serialize(byte[] value, IBufferWriter<byte> output) => output.Write(value);

        public byte[] Deserialize(ReadOnlySpan<byte> data) => data.ToArray();
    }
}
